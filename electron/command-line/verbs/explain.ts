import type { JobDetail } from '../../../shared/model/job.ts';
import type { Explanation, Remedy } from '../../../shared/model/plan.ts';
import { aheadText, candidateText, nearText, remedyText, whenText } from '../../../shared/words/plan.ts';
import { predictionText } from '../../../shared/words/prediction.ts';
import { foremost, isUnknownJob } from '../array-members.ts';
import type { Core } from '../core-client.ts';
import { exitCodes, wrongUsage } from '../failure.ts';
import { reasonText, stateWord } from '../job-text.ts';
import { parseId } from '../quantities.ts';
import type { Session, Verb } from '../session.ts';
import { oneLine } from '../text-width.ts';

export const explain: Verb = {
  name: 'explain',
  usage: 'ID',
  summary: 'verb-explain',
  flags: [],
  examples: ['switchyard explain 7', 'switchyard explain 7 --json'],
  run: async (session) => {
    const [word, more] = session.words.operands;
    if (word === undefined) throw wrongUsage('id-missing', { verb: 'explain' });
    if (more !== undefined) throw wrongUsage('too-many', { word: more });
    const id = parseId(word);
    const core = await session.core();
    const { job, explanation } = await explained(core, id).catch(async (error: unknown) => {
      if (!isUnknownJob(error)) throw error;
      return explained(core, await foremost(core, id));
    });
    if (session.output.isJson) session.output.printJson(explanation);
    else for (const line of sentences(session, job, explanation)) session.output.print(line);
    return exitCodes.done;
  },
};

const explained = async ({ client }: Core, id: number): Promise<{ job: JobDetail; explanation: Explanation }> => {
  const [job, explanation] = await Promise.all([client.jobs.get({ id }), client.jobs.explain({ id })]);
  return { job, explanation };
};

const sentences = (session: Session, job: JobDetail, explanation: Explanation): string[] => {
  const { text, locale, output } = session;
  const now = Date.now();
  const place = explanation.position === undefined ? '' : ` ${text('explain-place', { position: explanation.position })}`;
  const title = output.style.bold(`${oneLine(job.name)} (${job.id}): ${stateWord(session, job.state.kind)}${place}`);
  const isWaiting = job.state.kind === 'pending' || job.state.kind === 'held';
  const { candidates, remedies, near } = explanation;
  const compared =
    candidates.length > 1
      ? block(
          text(isWaiting ? 'explain-candidates' : 'explain-considered'),
          candidates.map((candidate) => candidateText(candidate, now, locale, !isWaiting)),
        )
      : [];
  const places = [...compared, ...(near ? [nearText(near, locale)] : [])];
  if (!isWaiting) {
    return [title, ...[reasonText(session, job), predictionText(job, now, locale) ?? ''].filter((line) => line !== ''), ...places];
  }
  return [
    title,
    reasonText(session, job),
    // Some reasons say it already.
    ...(explanation.wait?.code === 'behind' ? [] : [aheadText(explanation, locale) ?? ''].filter((line) => line !== '')),
    ...whenText(explanation, now, locale),
    ...(job.prediction ? [predictionText(job, now, locale) ?? ''] : []),
    ...block(
      text(remedies.length > 0 ? 'explain-remedies' : 'explain-no-remedy'),
      remedies.map((remedy) => withCommand(remedyText(remedy, locale), commandOf(remedy, job.id))),
    ),
    ...places,
  ];
};

const block = (title: string, lines: readonly string[]): string[] => [title, ...lines.map((line) => `  ${line}`)];

const withCommand = (sentence: string, command: string | undefined): string => (command ? `${sentence}  ${command}` : sentence);

/** What does it from here; a job that is to be smaller is submitted anew. */
const commandOf = (remedy: Remedy, id: number): string | undefined => {
  switch (remedy.code) {
    case 'run-next':
      return `switchyard next ${id}`;
    case 'resume-queue':
      return 'switchyard resume';
    case 'release':
      return `switchyard release ${id}`;
    case 'pause-holder':
      return `switchyard pause ${remedy.values.job.id}`;
    case 'cancel-holder':
      return `switchyard cancel ${remedy.values.job.id}`;
    case 'other-policy':
      return `switchyard policy ${remedy.values.policy}`;
    case 'undrain':
      return `switchyard devices undrain ${remedy.values.device}`;
    case 'remove-reservation':
      return `switchyard reservations remove ${remedy.values.id}`;
    case 'lift-quota': {
      const { group, resource } = remedy.values;
      return `switchyard groups set ${group} ${resource === 'cores' ? '--quota-cores none' : `--quota-devices ${resource}:none`}`;
    }
    case 'fewer-cores':
    case 'less-memory':
    case 'less-device-memory':
      return undefined;
  }
};
