import { commandLineText } from '../../shared/words/command-line.ts';
import { sentenceOf } from '../../shared/words/reasons.ts';
import { dataFolder } from '../core/infrastructure/storage/paths.ts';
import { callerFolder, localeOf } from './caller.ts';
import { failureOfCall } from './core-client.ts';
import { exitCodes, wrongUsage, type CommandFailure, type Problem } from './failure.ts';
import { overviewHelp, verbHelp } from './help.ts';
import { createInterruption } from './interruption.ts';
import { createOutput, type Output } from './output.ts';
import { reachCore } from './reach-core.ts';
import { readArguments, refuseOtherFlags, type Arguments } from './read-arguments.ts';
import type { Session, Verb } from './session.ts';
import { oneLine } from './text-width.ts';
import { findVerb, verbs } from './verbs.ts';

/** Runs one command line to its end and answers its exit code. `entriesFolder` holds the built entries. */
export const runCommandLine = async (words: readonly string[], entriesFolder: string): Promise<number> => {
  const { env: environment } = process;
  const locale = localeOf(environment);
  const text: Session['text'] = (key, values = {}) => commandLineText(key, values, locale);
  // Until the words are understood a program's wish for --json can only be guessed.
  let output = createOutput(process, environment, words.includes('--json'));
  try {
    process.chdir(callerFolder(environment, process.cwd()));
    const given = readArguments(words);
    output = createOutput(process, environment, given.has('json'));
    const help = helpFor(given, text);
    if (help !== undefined) {
      output.print(help);
      return exitCodes.done;
    }
    const verb = verbOf(given);
    const place = { dataFolder: dataFolder(given.value('data')), entriesFolder };
    const session: Session = {
      words: given,
      output,
      locale,
      place,
      environment,
      text,
      interruption: createInterruption(exitCodes.cancelled),
      sentence: (reason) => sentenceOf(reason, locale),
      core: () => reachCore(place),
    };
    return await verb.run(session);
  } catch (error) {
    const failure = failureOfCall(error);
    if (!failure) throw error;
    report(failure, output, text, (reason) => sentenceOf(reason, locale));
    return failure.exitCode;
  }
};

const verbOf = (given: Arguments): Verb => {
  const word = given.verb ?? 'status';
  const verb = findVerb(word);
  if (!verb) throw wrongUsage('verb-unknown', { word });
  refuseOtherFlags(given, verb.name, verb.flags);
  if (given.rest !== undefined && !verb.takesRest) throw wrongUsage('rest-not-taken', { verb: verb.name });
  if (verb.usage === '' && given.operands.length > 0) throw wrongUsage('too-many', { word: given.operands[0] });
  return verb;
};

const helpFor = (given: Arguments, text: Session['text']): string | undefined => {
  const isAsked = given.verb === 'help' || given.has('help');
  if (!isAsked) return undefined;
  const word = given.verb === 'help' ? given.operands[0] : given.verb;
  if (word === undefined) return overviewHelp(text, verbs);
  const verb = findVerb(word);
  if (!verb) throw wrongUsage('verb-unknown', { word });
  return verbHelp(text, verb);
};

/** One sentence for a person; code, values and the English sentence for a program. */
const report = ({ problem, exitCode }: CommandFailure, output: Output, text: Session['text'], sentence: Session['sentence']): void => {
  if (output.isJson) output.say(JSON.stringify({ error: asData(problem), exitCode }));
  else output.say(oneLine(problem.kind === 'text' ? text(problem.key, problem.values) : reasonSentence(problem, sentence)));
};

const asData = (problem: Problem): unknown =>
  problem.kind === 'reason'
    ? { ...problem.reason, sentence: reasonSentence(problem, (reason) => sentenceOf(reason, 'en')) }
    : { code: problem.key, values: problem.values, sentence: oneLine(commandLineText(problem.key, problem.values, 'en')) };

const reasonSentence = ({ reason, sentence }: Extract<Problem, { kind: 'reason' }>, say: Session['sentence']): string => {
  try {
    return say(reason);
  } catch (error) {
    // A newer core may know reasons that this program has no sentence for; it sends its own beside them.
    if (sentence === undefined) throw error;
    return sentence;
  }
};
