import type { JobRequest } from '../../../shared/model/job.ts';
import { wrongUsage, CommandFailure } from '../failure.ts';
import { jobFlags } from '../flags.ts';
import { readJobOptions } from '../job-options.ts';
import { existingFolder, readablePath } from '../local-file.ts';
import { parseArray, parseEnvironment } from '../quantities.ts';
import type { Session, Verb } from '../session.ts';
import { problemOf, submitJob } from '../submit-job.ts';
import { exitCodeOf, waitOrCancel } from '../wait-for-job.ts';
import { exitCodes } from '../failure.ts';

export const add: Verb = {
  name: 'add',
  usage:
    '[--image IMAGE] [--name N] [--group G] [--priority N] [--cpus N] [--memory SIZE] [--device KIND[:N]] [--device-memory SIZE|auto] [--on ID] [--not-on ID] [--prefer pack|spread] [--flexible] [--time T] [--expect T] [--deadline WHEN] [--begin WHEN] [--hours A-B] [--after ID] [--after-any ID] [--after-not-ok ID] [--preemptible] [--grace TIME] [--resume-command CMD] [--array A-B[%K]] [--gang] [--retries N] [--env K=V] [--cwd DIR] [--wait] -- COMMAND…',
  summary: 'verb-add',
  flags: [...jobFlags, 'array', 'gang', 'resume-command', 'image', 'env', 'cwd', 'network', 'input', 'wait'],
  takesRest: true,
  examples: [
    'switchyard add -- python3 train.py --epochs 3',
    'switchyard add --name sort --cpus 2 --memory 4GB --time 2h -- ./sort.sh "my file.csv"',
    'switchyard add --deadline 18:00 --expect 40m -- ./report.sh',
    'switchyard add --begin 22:00 -- ./backup.sh',
    'switchyard add --device gpu:1 --device-memory 6GB -- python3 train.py',
    'switchyard add --after-not-ok 7 -- ./tell-me.sh "job 7 failed"',
    "switchyard add --preemptible --grace 10s --resume-command 'python3 train.py --resume' -- python3 train.py",
    'switchyard add --hours 22:00-06:00,weekdays -- ./big.sh',
    'switchyard add --array 0-99%4 -- ./sweep.sh {index}',
    'switchyard add --array 0-3 --gang --device gpu:1 -- python3 train.py --rank {index} --of 4',
    "switchyard add --env TOKEN --env MODE=fast --after 7 -- sh -c 'echo $MODE'",
    'switchyard add --image python:3.13 --input data.csv -- python3 -c "print(open(\'/in/data.csv\').read())"',
  ],
  run: async (session) => {
    const request = readRequest(session);
    const shouldWait = session.words.has('wait');
    if (shouldWait) void session.interruption.signal;
    const core = await session.core();
    const id = await submitJob(core, request);
    if (session.output.isJson) session.output.printJson({ id });
    else session.output.print(String(id));
    if (!shouldWait) return exitCodes.done;
    const waited = await waitOrCancel(session, core, id);
    if (waited.kind === 'interrupted') return exitCodes.cancelled;
    const exitCode = exitCodeOf(waited.job.state);
    if (waited.job.state.kind !== 'succeeded') throw new CommandFailure(exitCode, problemOf(session, waited.job));
    return exitCode;
  },
};

const readRequest = ({ words, environment }: Session): JobRequest => {
  const [stray] = words.operands;
  if (stray !== undefined) throw wrongUsage('command-needs-dashes', { word: stray });
  const command = [...(words.rest ?? [])];
  const image = words.value('image');
  const array = words.value('array');
  const gang = words.has('gang') && { gang: true };
  if (gang && array === undefined) throw wrongUsage('only-arrays', { flag: '--gang' });
  if (array !== undefined && words.has('wait')) throw wrongUsage('not-with-array', { flag: '--wait' });
  const common = {
    ...readJobOptions(words),
    ...(array !== undefined && { array: { ...parseArray(array), ...gang } }),
    environment: parseEnvironment(words.values('env'), environment),
  };
  if (image !== undefined) {
    if (words.has('cwd')) throw wrongUsage('not-for-containers', { flag: '--cwd' });
    if (words.has('resume-command')) throw wrongUsage('not-for-containers', { flag: '--resume-command' });
    const inputs = words.values('input').map((path) => ({ path: readablePath(path) }));
    return { runtime: 'container', ...common, image, command, inputs, network: words.has('network') };
  }
  const resume = words.value('resume-command');
  if (resume !== undefined && !words.has('preemptible')) throw wrongUsage('only-preemptible', { flag: '--resume-command' });
  for (const flag of ['input', 'network'] as const) if (words.has(flag)) throw wrongUsage('only-for-containers', { flag: `--${flag}` });
  if (command.length === 0) throw wrongUsage('command-missing');
  return {
    runtime: 'command',
    ...common,
    command,
    // As a line for the shell, since a flag takes one word.
    ...(resume !== undefined && { resumeCommand: ['/bin/sh', '-c', resume] }),
    folder: existingFolder(words.value('cwd') ?? '.'),
  };
};
