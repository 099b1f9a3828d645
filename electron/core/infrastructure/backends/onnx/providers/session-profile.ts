import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { parseNodeCounts, type NodeCount } from './node-counts.ts';

export interface CountedSession {
  readonly session: InferenceSession;
  /** Which provider ran how many nodes of its first run; undefined before that, and when the runtime wrote nothing of use. */
  nodes(): NodeCount[] | undefined;
  /** How long counting took, which only the first run waits for. */
  readonly countingMs: number;
}

type Options = InferenceSession.SessionOptions;
type Run = InferenceSession['run'];

/** Opens a session whose first run is profiled. From then on the profiling is off and costs nothing. */
export const countFirstRun = async (open: (profiling: Options) => Promise<InferenceSession>): Promise<CountedSession> => {
  const folder = makeFolder();
  if (folder === undefined) return { session: await open({}), nodes: () => undefined, countingMs: 0 };
  const discard = (): void => rmSync(folder, { recursive: true, force: true });
  const session = await open({ enableProfiling: true, profileFilePrefix: join(folder, 'profile') }).catch((error: unknown) => {
    discard();
    throw error;
  });
  const run = session.run as (...given: unknown[]) => ReturnType<Run>;
  let nodes: NodeCount[] | undefined;
  let countingMs = 0;
  session.run = async (...given: unknown[]) => {
    const outputs = await Reflect.apply(run, session, given);
    const ranAt = performance.now();
    session.run = run;
    nodes = readCounts(session, folder);
    discard();
    countingMs = performance.now() - ranAt;
    return outputs;
  };
  return {
    session,
    nodes: () => nodes,
    get countingMs() {
      return countingMs;
    },
  };
};

/** Undefined where there is no room for a file; a job does not fail for that. */
const makeFolder = (): string | undefined => {
  try {
    return mkdtempSync(join(tmpdir(), 'switchyard-profile-'));
  } catch {
    return undefined;
  }
};

const readCounts = (session: InferenceSession, folder: string): NodeCount[] | undefined => {
  session.endProfiling();
  // The runtime adds the time to the name and does not tell it.
  const [file] = readdirSync(folder);
  return file === undefined ? undefined : parseNodeCounts(readFileSync(join(folder, file), 'utf8'));
};
