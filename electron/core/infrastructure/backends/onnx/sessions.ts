import { statSync } from 'node:fs';
import type { InferenceSession } from 'onnxruntime-node';
import { BadInput } from './bad-input.ts';
import { hasLoop } from './providers/has-loop.ts';
import { sumNodeCounts, type NodeCount } from './providers/node-counts.ts';
import { countFirstRun, type CountedSession } from './providers/session-profile.ts';
import type { ProviderName } from './providers/provider-names.ts';
import { isMemoryFailure, modelProblem } from './runtime-errors.ts';
import type { ModelFile } from './protocol.ts';
import { largestProtobufBytes } from './tensors/tensor-proto.ts';

/** Sessions kept warm; opening one costs far more than running it. */
export interface Sessions {
  /** The sessions of one job, on one provider. */
  use(provider: ProviderName): SessionUse;
}

export interface SessionUse {
  /** Throws ProviderFailed when it is not the model's fault. */
  open(model: ModelFile): Promise<InferenceSession>;
  /** Who ran the nodes of the sessions that were opened; undefined when that is not known of each. */
  nodes(): NodeCount[] | undefined;
  /** How long opening those took that were not open yet, with what their first run alone waits for; all of it counts for one job. */
  takeStartUpSeconds(): number;
}

/** A model that is sound, and a provider that cannot run it. */
export class ProviderFailed extends Error {
  override readonly name = 'ProviderFailed';
}

interface WarmSession {
  readonly counted: CountedSession;
  readonly openingMs: number;
  /** Whether a job has been told of its start-up. */
  isStartUpTaken: boolean;
}

/** A worker has one model or the few of one application; more come only from a caller that runs many through one worker. */
const mostSessions = 16;

export const createSessions = (): Sessions => {
  const warm = new Map<string, Promise<WarmSession>>();

  const open = async (model: ModelFile, provider: ProviderName): Promise<WarmSession> => {
    const key = `${provider}\n${model.path}\n${model.identity}`;
    const session = warm.get(key) ?? createSession(model, provider);
    // Set again, so that the map's order is the order of last use.
    warm.delete(key);
    warm.set(key, session);
    session.catch(() => warm.delete(key));
    await releaseOldest();
    return session;
  };

  const releaseOldest = async (): Promise<void> => {
    const [oldest] = warm;
    if (!oldest || warm.size <= mostSessions) return;
    warm.delete(oldest[0]);
    await (await oldest[1]).counted.session.release();
  };

  return {
    use: (provider) => {
      const used = new Set<WarmSession>();
      return {
        open: async (model) => {
          const opened = await open(model, provider);
          used.add(opened);
          return opened.counted.session;
        },
        nodes: () => {
          const graphs = [...used].map(({ counted }) => counted.nodes());
          const known = graphs.filter((graph) => graph !== undefined);
          return known.length > 0 && known.length === graphs.length ? sumNodeCounts(known) : undefined;
        },
        takeStartUpSeconds: () => {
          let spentMs = 0;
          for (const one of used) {
            if (one.isStartUpTaken) continue;
            one.isStartUpTaken = true;
            spentMs += one.openingMs + one.counted.countingMs;
          }
          return spentMs / 1000;
        },
      };
    },
  };
};

const createSession = async (model: ModelFile, provider: ProviderName): Promise<WarmSession> => {
  const startedAt = performance.now();
  checkFile(model);
  // A loop may run its nodes a million times, and each of them would be an entry of the profile. On the processor nothing hangs on it.
  const isCounted = provider !== 'cpu' || !hasLoop(model.path);
  try {
    const counted = isCounted
      ? await countFirstRun((profiling) => openSession(model, provider, profiling))
      : uncounted(await openSession(model, provider));
    return { counted, openingMs: performance.now() - startedAt, isStartUpTaken: false };
  } catch (error) {
    if (isMemoryFailure(error) && provider === 'cpu') throw error;
    if (provider === 'cpu') throw new BadInput(modelProblem(error, model));
    // Opened on the processor it shows whose fault it is.
    await (await createSession(model, 'cpu')).counted.session.release();
    throw new ProviderFailed(error instanceof Error ? error.message : String(error), { cause: error });
  }
};

const uncounted = (session: InferenceSession): CountedSession => ({ session, nodes: () => undefined, countingMs: 0 });

const openSession = async (
  model: ModelFile,
  provider: ProviderName,
  profiling?: InferenceSession.SessionOptions,
): Promise<InferenceSession> => {
  const { InferenceSession } = await import('onnxruntime-node');
  // One thread per slot: the scheduler grants cores, and more threads than cores make every job slower.
  return InferenceSession.create(model.path, {
    executionProviders: [provider],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    ...profiling,
  });
};

const checkFile = (model: ModelFile): void => {
  const stats = statSync(model.path, { throwIfNoEntry: false });
  if (!stats) throw new BadInput({ code: 'file-missing', values: { path: model.name } });
  if (stats.size === 0) throw new BadInput({ code: 'file-empty', values: { path: model.name } });
  if (stats.size > largestProtobufBytes) {
    throw new BadInput({ code: 'file-too-large', values: { path: model.name, bytes: stats.size, limitBytes: largestProtobufBytes } });
  }
};
