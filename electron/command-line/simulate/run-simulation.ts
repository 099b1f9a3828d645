import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { simulateArrivals, type SizeDistribution } from '../../core/services/scheduler/simulator/arrivals.ts';
import { disciplines, type DisciplineName } from '../../core/services/scheduler/simulator/disciplines.ts';
import { replayPolicies, type ReplayPolicyName } from '../../core/services/scheduler/simulator/replay-policies.ts';
import { replay, summarise } from '../../core/services/scheduler/simulator/replay.ts';
import { simulateWorkload, workloadPolicies } from '../../core/services/scheduler/simulator/simulate-workload.ts';
import { parseSwf, TraceError, type TraceJob } from '../../core/services/scheduler/simulator/trace.ts';
import { Workload, WorkloadError } from '../../core/services/scheduler/simulator/workload.ts';
import { wrongUsage } from '../failure.ts';
import { readablePath } from '../local-file.ts';
import { parseChoice, parseNumber, parseWhole, required } from '../quantities.ts';
import type { Session } from '../session.ts';

const mostJobs = 100_000_000;

/** What a simulation is made from. */
export type SimulationKind = 'trace' | 'workload' | 'arrivals';

/** Runs what the words of the command line ask for; throws wrong usage for what cannot be simulated. */
export const runSimulation = (kind: SimulationKind, session: Session): Promise<object> =>
  kind === 'trace' ? ofTrace(session) : kind === 'workload' ? ofWorkload(session) : ofArrivals(session);

const ofTrace = async ({ words }: Session): Promise<object> => {
  const processors = parseWhole(required(words, 'processors', '128'), '--processors', 1, 10_000_000);
  const policy = parseChoice(required(words, 'policy', 'easy'), '--policy', Object.keys(replayPolicies) as ReplayPolicyName[]);
  return readTrace(words.value('trace') ?? '', (trace) => ({
    policy,
    ...summarise(replay(trace, processors, replayPolicies[policy]), processors),
  }));
};

/** Does something with a trace; throws wrong usage for a file that is none, or that cannot be played. */
export const readTrace = <Result>(path: string, use: (trace: TraceJob[]) => Result): Promise<Result> =>
  fileSense(path, async () => {
    const bytes = await readFile(readablePath(path));
    const text = path.endsWith('.gz') ? (await promisify(gunzip)(bytes)).toString('utf8') : bytes.toString('utf8');
    return use(parseSwf(text));
  });

const ofWorkload = ({ words }: Session): Promise<object> => {
  const policy = parseChoice(required(words, 'policy', 'heft'), '--policy', workloadPolicies);
  const path = words.value('workload') ?? '';
  return fileSense(path, async () => {
    const parsed = Workload.safeParse(JSON.parse(await readFile(readablePath(path), 'utf8')));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new WorkloadError(`${issue?.path.join('.') || 'the file'}: ${issue?.message ?? ''}`);
    }
    return simulateWorkload(parsed.data, policy);
  });
};

/** What is wrong with the file itself, in one sentence. */
const fileSense = async <Result>(path: string, run: () => Promise<Result>): Promise<Result> => {
  try {
    return await run();
  } catch (error) {
    const isZip = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
    if (!(error instanceof TraceError || error instanceof WorkloadError || error instanceof SyntaxError || isZip)) throw error;
    throw wrongUsage('simulate-file-wrong', { path, detail: (error as Error).message.replace(/\.$/, '') });
  }
};

const ofArrivals = ({ words }: Session): Promise<object> => {
  const arrivals = words.value('arrivals') ?? '';
  const rate = arrivals.startsWith('poisson:') ? Number(arrivals.slice('poisson:'.length) || Number.NaN) : Number.NaN;
  if (!(rate > 0 && Number.isFinite(rate))) throw wrongUsage('arrivals-wrong', { text: arrivals });
  return Promise.resolve(
    simulateArrivals({
      rate,
      sizes: parseSizes(required(words, 'sizes', 'exponential:1')),
      servers: parseWhole(words.value('servers') ?? '1', '--servers', 1, 10_000),
      jobs: parseWhole(required(words, 'jobs', '1000000'), '--jobs', 1, mostJobs),
      seed: parseNumber(words.value('seed') ?? '1', '--seed', -(2 ** 31), 2 ** 31 - 1),
      policy: parseChoice(required(words, 'policy', 'srpt'), '--policy', Object.keys(disciplines) as DisciplineName[]),
    }),
  );
};

const parseSizes = (text: string): SizeDistribution => {
  const [kind, list = ''] = text.split(':');
  const numbers = list.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [first = Number.NaN, rate1 = Number.NaN, second = Number.NaN, rate2 = Number.NaN] = numbers;
  if (kind === 'exponential' && numbers.length === 1 && first > 0 && Number.isFinite(first)) return { kind, mean: first };
  const isMixture = first >= 0 && second >= 0 && Math.abs(first + second - 1) < 1e-9 && rate1 > 0 && rate2 > 0;
  if (kind !== 'hyperexponential' || numbers.length !== 4 || !isMixture) throw wrongUsage('sizes-wrong', { text });
  return {
    kind,
    branches: [
      { probability: first, rate: rate1 },
      { probability: second, rate: rate2 },
    ],
  };
};
