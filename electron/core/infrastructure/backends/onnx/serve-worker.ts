import type { FailReason } from '../../../../../shared/model/reason.ts';
import type { Application } from '../../../ports.ts';
import { BadInput } from './bad-input.ts';
import { deliverArtifacts, type Produced } from './deliver-artifacts.ts';
import { inspectModel } from './inspect-model.ts';
import { weighModel } from './operations/weigh-model.ts';
import { forgetPeak, peakMemoryBytes } from './peak-memory.ts';
import type { WorkerPort, WorkerRequest } from './protocol.ts';
import { runApplication } from './run-application.ts';
import { readInputs, wantedInputs } from './read-inputs.ts';
import { runModel } from './run-model.ts';
import { readBatch, runRows, type Batch } from './run-rows.ts';
import { asSentence, isMemoryFailure } from './runtime-errors.ts';
import { listProviders, proveProvider } from './providers/prove-provider.ts';
import { runBenchmark } from './measure/run-benchmark.ts';
import { createSessions, ProviderFailed, type SessionUse } from './sessions.ts';
import type { Answer } from './worker-message.ts';

/** What the entry hands in, because this layer does not know the applications. */
export interface WorkerParts {
  loadApplications(): Promise<readonly Application[]>;
  /** The reason in an error that an application throws for what is wrong with its files. */
  reasonOf(error: unknown): FailReason | undefined;
}

/** Answers the core's messages, one job after the other. */
export const serveWorker = (port: WorkerPort, parts: WorkerParts): void => {
  const sessions = createSessions();
  /** Of the divided job that this worker has a part of. */
  let batch: Batch | undefined;

  const perform = async (request: WorkerRequest): Promise<Answer> => {
    if (request.kind === 'inspect') {
      return { kind: 'inspected', model: await inspectModel(await sessions.use('cpu').open(request.model), request.model) };
    }
    if (request.kind === 'weigh') {
      const operations = weighModel(request.model, request.inputs);
      return { kind: 'weighed', ...(operations && { operations }) };
    }
    if (request.kind === 'list-providers') return { kind: 'providers', names: await listProviders() };
    if (request.kind === 'prove-provider') {
      const problem = await proveProvider(request.provider);
      return { kind: 'proven', ...(problem !== undefined && { problem: asSentence(problem) }) };
    }
    if (request.kind === 'measure') return { kind: 'measured', ...(await runBenchmark(request)) };
    forgetPeak();
    const use: JobUse = { ...sessions.use(request.provider), cpuBefore: process.cpuUsage(), startedAt: performance.now(), loadingMs: 0 };
    if (request.kind === 'count-rows') {
      batch = readBatch(await use.open(request.model), request.model, request.inputs);
      return { kind: 'counted', rows: batch.rows };
    }
    if (request.kind === 'run-rows') {
      if (!batch) throw new Error('rows are to be run of inputs that were not counted');
      return toAnswer(await runRows(await use.open(request.model), request.model, batch, request.rows), use, request.outputFolder);
    }
    batch = undefined;
    if (request.kind === 'run-model') {
      const session = await use.open(request.model);
      const inputs = readInputs(wantedInputs(session, request.model), request.inputs);
      return toAnswer(await runModel(session, request.model, inputs), use, request.outputFolder);
    }
    const progress = tellSometimes((progress) => port.post({ kind: 'progress', job: request.job, progress }));
    const askedAt = performance.now();
    const applications = await parts.loadApplications();
    const loadingMs = performance.now() - askedAt;
    const ran = await runApplication(request, { applications, sessions: use, progress });
    return toAnswer(ran, { ...use, loadingMs }, request.outputFolder);
  };

  const answer = async (request: WorkerRequest): Promise<void> => {
    const reply = await perform(request).catch((error: unknown) => failure(error, parts));
    port.post({ kind: 'answer', job: request.job, answer: reply });
  };

  let last = Promise.resolve();
  // The core sends one job at a time; the chain keeps the order for a caller that sends more. Messages come from the core alone.
  port.onMessage((message) => void (last = last.then(() => answer(message as WorkerRequest))));
  port.post({ kind: 'ready' });
};

/** The sessions of one job, and what its time goes by. */
interface JobUse extends SessionUse {
  /** Processor time of the worker when it began. */
  readonly cpuBefore: NodeJS.CpuUsage;
  readonly startedAt: number;
  /** Of the applications' code, which is there from the second job on. */
  readonly loadingMs: number;
}

const toAnswer = (
  { result, produced }: { result: Extract<Answer, { kind: 'ran' }>['result']; produced: Produced[] },
  use: JobUse,
  folder: string,
): Answer => {
  const nodes = use.nodes();
  const { user, system } = process.cpuUsage(use.cpuBefore);
  const cpuSeconds = (user + system) / 1e6;
  const startUpSeconds = use.loadingMs / 1000 + use.takeStartUpSeconds();
  const workSeconds = Math.max(0, (performance.now() - use.startedAt) / 1000 - startUpSeconds);
  const artifacts = deliverArtifacts(produced, folder);
  const spent = { peakMemoryBytes: peakMemoryBytes(), cpuSeconds, startUpSeconds, workSeconds };
  return { kind: 'ran', result, artifacts, ...spent, ...(nodes && { nodes }) };
};

const failure = (error: unknown, parts: WorkerParts): Answer => {
  const reason = error instanceof BadInput ? error.reason : parts.reasonOf(error);
  if (reason) return { kind: 'failed', reason };
  if (error instanceof ProviderFailed) return { kind: 'provider-failed', detail: asSentence(error.message) };
  if (isMemoryFailure(error)) return { kind: 'no-memory' };
  const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
  if (full) return { kind: 'failed', reason: { code: 'disk-full', values: { path: String('path' in error ? error.path : 'results') } } };
  // The log keeps where it came from; the job shows what it says.
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return {
    kind: 'failed',
    reason: { code: 'run-failed', values: { detail: asSentence(error instanceof Error ? error.message : String(error)) } },
  };
};

/** Faces draw progress ten times a second at most; the last step is always told. */
const progressEveryMs = 100;

const tellSometimes = (tell: (progress: { done: number; total: number }) => void) => {
  let toldAt = -Infinity;
  return (progress: { done: number; total: number }): void => {
    const now = performance.now();
    if (progress.done < progress.total && now - toldAt < progressEveryMs) return;
    toldAt = now;
    tell(progress);
  };
};
