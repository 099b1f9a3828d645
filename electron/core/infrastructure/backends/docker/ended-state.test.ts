import { describe, expect, test } from 'vitest';
import { endingOf } from './ended-state.ts';

const limitBytes = 1024;

describe('how a container ended', () => {
  test.each([
    [0, false, { kind: 'succeeded', exitCode: 0 }],
    [3, false, { kind: 'failed', exitCode: 3, reason: { code: 'exit-code', values: { exitCode: 3 } } }],
    [137, false, { kind: 'failed', exitCode: 137, reason: { code: 'signal', values: { signal: 'SIGKILL' } } }],
    [134, false, { kind: 'failed', exitCode: 134, reason: { code: 'signal', values: { signal: 'SIGABRT' } } }],
    [137, true, { kind: 'out-of-memory', exitCode: 137, reason: { code: 'memory-limit', values: { limitBytes } } }],
    [0, true, { kind: 'out-of-memory', exitCode: 0, reason: { code: 'memory-limit-child', values: { limitBytes, exitCode: 0 } } }],
    [1, true, { kind: 'out-of-memory', exitCode: 1, reason: { code: 'memory-limit-child', values: { limitBytes, exitCode: 1 } } }],
  ])('exit code %i with OOMKilled %s', (ExitCode, OOMKilled, ending) => {
    expect(endingOf({ ExitCode, OOMKilled }, limitBytes)).toEqual(ending);
  });
});
