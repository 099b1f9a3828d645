import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JobSpec } from '../../../../../shared/model/job.ts';
import { factsOf } from '../../../lib/process-facts.ts';
import { conformanceRun, recordingSink, startAndDetach, until } from '../conformance.ts';
import { createProcessBackend } from './process-backend.ts';

const backend = createProcessBackend({ followMs: 10, graceMs: 300 });

/** A process of somebody else; `detached` makes it the leader of a group. */
const startOther = async (script: string, detached = false): Promise<ChildProcess & { pid: number }> => {
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'], detached });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child as ChildProcess & { pid: number }; // it runs: it has spoken
};

const attemptOn = async (pid: number) => {
  const facts = await factsOf(pid);
  if (!facts) throw new Error('the process is not there');
  const place = mkdtempSync(join(tmpdir(), 'process-'));
  onTestFinished(() => rmSync(place, { recursive: true }));
  const { startedAt, command } = facts;
  const common = { group: 'default', priority: 0, resources: { cores: 1 }, after: [], retries: 0 };
  const spec: JobSpec = { runtime: 'process', ...common, pid, startedAt, command: [...command] };
  return conformanceRun(spec, place);
};

const isThere = async (pid: number): Promise<boolean> => (await factsOf(pid)) !== undefined;
const never = (): AbortSignal => new AbortController().signal;

describe('a process that was adopted', { skip: process.platform !== 'linux' }, () => {
  test('is watched until it ends, and how it ended is not made up', async () => {
    const child = await startOther('echo; exec sleep 60');
    const run = await attemptOn(child.pid);
    const sink = recordingSink();
    const outcome = backend.start(run, sink, never());
    expect(await sink.whenRunning).toEqual([child.pid]);
    child.kill('SIGKILL');
    expect(await outcome).toEqual({
      kind: 'succeeded',
      artifacts: [],
      ranOn: { device: 'cpu-0', deviceName: 'Test CPU', cores: 1, confined: false },
    });
    expect(readFileSync(run.logFile, 'utf8')).toContain('its exit code is not known');
  });

  test('goes on when the core lets go, and is found by the next core', async () => {
    const child = await startOther('echo; exec sleep 60');
    const run = await attemptOn(child.pid);
    await startAndDetach(backend, run);
    expect(await isThere(child.pid)).toBe(true);
    const sink = recordingSink();
    const found = await createProcessBackend({ followMs: 10 }).find(run, sink, never());
    if (found.kind !== 'running') throw new Error(found.kind);
    expect(await sink.whenRunning).toEqual([child.pid]);
    child.kill('SIGKILL');
    expect(await found.outcome).toMatchObject({ kind: 'succeeded' });
    expect(await backend.find(run, recordingSink(), never())).toMatchObject({ kind: 'ended', outcome: { kind: 'succeeded' } });
  });

  test('is ended by a cancel, with force when it does not listen', async () => {
    for (const script of ['echo; exec sleep 60', "trap '' TERM; echo; while :; do sleep 0.05; done"]) {
      const child = await startOther(script);
      const abort = new AbortController();
      const sink = recordingSink();
      const outcome = backend.start(await attemptOn(child.pid), sink, abort.signal);
      await sink.whenRunning;
      abort.abort('cancel');
      expect(await outcome).toEqual({ kind: 'stopped' });
      expect(await isThere(child.pid)).toBe(false);
    }
  });

  test('takes its group with it when it leads one, and leaves the group alone when it does not', async () => {
    const leader = await startOther('sleep 60 & echo $!; wait', true);
    const grouped = firstChildOf(leader.pid);
    await cancel(leader.pid);
    await until(async () => !(await isThere(grouped)), 'the group has ended');

    const shell = await startOther('sleep 60 & sleep 60 & echo; wait', true);
    const member = firstChildOf(shell.pid);
    await cancel(member);
    expect(await isThere(member)).toBe(false);
    expect(await isThere(shell.pid)).toBe(true);
    process.kill(-shell.pid, 'SIGKILL');
  });

  test('is not taken for another one that has its pid now', async () => {
    const child = await startOther('echo; exec sleep 60');
    const run = await attemptOn(child.pid);
    if (run.spec.runtime !== 'process') throw new Error('not a process');
    const earlier = { ...run, spec: { ...run.spec, startedAt: 'another boot 1' } };
    expect(await backend.start(earlier, recordingSink(), never())).toMatchObject({ kind: 'succeeded' });
    expect(await backend.start(earlier, recordingSink(), AbortSignal.abort('cancel'))).toEqual({ kind: 'stopped' });
    expect(await isThere(child.pid)).toBe(true);
  });
});

const cancel = async (pid: number): Promise<void> => {
  const abort = new AbortController();
  const sink = recordingSink();
  const outcome = backend.start(await attemptOn(pid), sink, abort.signal);
  await sink.whenRunning;
  abort.abort('cancel');
  expect(await outcome).toEqual({ kind: 'stopped' });
};

/** The first child of a process. */
const firstChildOf = (pid: number): number => {
  const child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]);
  if (!child) throw new Error('no child');
  return child;
};
