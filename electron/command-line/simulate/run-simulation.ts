import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { simulateArrivals, type SizeDistribution } from '../../core/services/scheduler/simulator/arrivals.ts';
import { disciplines, type DisciplineName } from '../../core/services/scheduler/simulator/disciplines.ts';
import { replayPolicies, type ReplayPolicyName } from '../../core/services/scheduler/simulator/replay-policies.ts';
import { replay, summarise } from '../../core/services/scheduler/simulator/replay.ts';
import { simulateWorkload, workloadPolicies } from '../../core/services/scheduler/simulator/simulate-workload.ts';
import { SimulationError } from '../../core/services/scheduler/simulator/simulation-error.ts';
import { parseSwf, type TraceJob } from '../../core/services/scheduler/simulator/trace.ts';
import { Workload } from '../../core/services/scheduler/simulator/workload.ts';
import { wrongUsage } from '../failure.ts';
import { readContent } from '../local-file.ts';
import { parseChoice, parseWhole, required } from '../quantities.ts';
import type { Session } from '../session.ts';
import { fieldProblem } from './field-problem.ts';

const mostJobs = 100_000_000;

/** What a simulation is made from. */
export type SimulationKind = 'trace' | 'workload' | 'arrivals';

/** Runs what the words of the command line ask for; throws wrong usage for what cannot be simulated. */
export const runSimulation = (kind: SimulationKind, session: Session): Promise<object> =>
  kind === 'trace' ? ofTrace(session) : kind === 'workload' ? ofWorkload(session) : ofArrivals(session);

const ofTrace = async (session: Session): Promise<object> => {
  const { words } = session;
  const processors = parseWhole(required(words, 'processors', '128'), '--processors', 1, 10_000_000);
  const policy = parseChoice(required(words, 'policy', 'easy'), '--policy', Object.keys(replayPolicies) as ReplayPolicyName[]);
  return readTrace(session, words.value('trace') ?? '', (trace) => ({
    policy,
    ...summarise(replay(trace, processors, replayPolicies[policy]), processors),
  }));
};

/** Does something with a trace; throws wrong usage for a file that is none, or that cannot be played. */
export const readTrace = async <Result>(session: Session, path: string, use: (trace: TraceJob[]) => Result): Promise<Result> => {
  const bytes = await readContent(path);
  return fileSense(session, path, async () => use(parseSwf((await unpacked(bytes)).toString('utf8'))));
};

/** Known by its first two bytes, whatever the file is called. */
const unpacked = (bytes: Buffer): Promise<Buffer> | Buffer => (bytes[0] === 0x1f && bytes[1] === 0x8b ? promisify(gunzip)(bytes) : bytes);

const ofWorkload = async (session: Session): Promise<object> => {
  const { words } = session;
  const policy = parseChoice(required(words, 'policy', 'heft'), '--policy', workloadPolicies);
  const path = words.value('workload') ?? '';
  const content = await readContent(path);
  return fileSense(session, path, () => {
    const parsed = Workload.safeParse(JSON.parse(content.toString('utf8')), { reportInput: true });
    if (!parsed.success) throw fieldProblem(parsed.error);
    return simulateWorkload(parsed.data, policy);
  });
};

/** What is wrong with the file itself, in one sentence. */
const fileSense = async <Result>({ text }: Session, path: string, run: () => Result | Promise<Result>): Promise<Result> => {
  try {
    return await run();
  } catch (error) {
    const detail = detailOf(error, text);
    if (detail === undefined) throw error;
    throw wrongUsage('simulate-file-wrong', { path, detail });
  }
};

const detailOf = (error: unknown, text: Session['text']): string | undefined => {
  if (error instanceof SimulationError) return text(`simulate-${error.code}`, error.values);
  if (error instanceof SyntaxError) return text('simulate-not-json', { detail: error.message });
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'Z_BUF_ERROR') return text('simulate-cut');
  return code.startsWith('Z_') ? text('simulate-damaged') : undefined;
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
      seed: parseWhole(words.value('seed') ?? '1', '--seed', -(2 ** 31), 2 ** 31 - 1),
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
