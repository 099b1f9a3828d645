import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { repository } from '../switchyard.ts';

const run = promisify(execFile);

test('the demo prints what was found in every sample, each with device, waiting and run time, and exits 0', async () => {
  // Rejects for any other exit code.
  const { stdout } = await run(process.execPath, [join(repository, 'e2e', 'tools', 'demo.ts')], {
    cwd: repository,
    env: { ...process.env, LANG: 'C.UTF-8' },
  });
  const ranOn = String.raw`Job \d+ ran on [^\n]+ \(CPUExecutionProvider\): waited \d[^,\n]*, ran \d[^\n]*\.\n`;
  const score = String.raw` \d+\.\d %`;
  const shown = [
    `Reading room\n(.+\n)*Questions\\? Call 0312 456 789 or ask at desk 4\n${ranOn}`,
    `[\\d.]+ s to [\\d.]+ s\n[\\d.]+ s to [\\d.]+ s\n${ranOn}`,
    `4${score}.*\n${ranOn}`,
    `prize.eml: spam${score}.*\nbuild.eml: not spam${score}.*\n${ranOn}`,
    `2: benign${score}.*\n(.+\n){5}${ranOn}`,
    `2: cultivar 3${score}.*\n(.+\n){5}${ranOn}`,
    `probs +float32 +\\[1, 3\\].*\n${ranOn}`,
    'All jobs did what they should.',
  ];
  for (const pattern of shown) expect(stdout).toMatch(new RegExp(pattern));
});
