import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const script = `
import { forgetPeak, peakMemoryBytes } from ${JSON.stringify(join(import.meta.dirname, 'peak-memory.ts'))};
let large = Buffer.alloc(200e6, 1);
const before = peakMemoryBytes();
large = undefined;
gc();
forgetPeak();
const after = peakMemoryBytes();
Buffer.alloc(100e6, 1);
console.log(JSON.stringify([before, after, peakMemoryBytes()]));
`;

test.skipIf(process.platform !== 'linux')('the peak of a job is not that of the job before it', () => {
  const options = ['--expose-gc', '--input-type=module-typescript', '--no-warnings', '-e', script];
  const [before, after, later] = JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' })) as [number, number, number];
  expect(before).toBeGreaterThan(200e6);
  expect(after).toBeLessThan(before - 150e6);
  expect(later).toBeGreaterThan(after + 80e6);
});
