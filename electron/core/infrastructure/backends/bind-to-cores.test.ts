import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { bindProcess, boundTo, NotBound } from './bind-to-cores.ts';

const isHere = process.platform === 'linux' && availableParallelism() > 1;

const allowedOf = async (pid: number): Promise<string[]> => {
  const threads = await readdir(`/proc/${pid}/task`);
  const texts = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/status`, 'utf8')));
  return texts.map((text) => /^Cpus_allowed_list:\s+(\S+)$/m.exec(text)?.[1] ?? '');
};

test('work that may use any core is started as it is', async () => {
  expect(await boundTo(undefined)).toEqual([]);
});

test('without taskset nothing runs on other cores than it should; a sentence says what is missing', async () => {
  await expect(boundTo([0, 2], '/nowhere')).rejects.toThrow(
    new NotBound('To keep it on cores 0,2 the program taskset is needed, which is not installed (package util-linux).'),
  );
});

test.runIf(isHere)('what is started under these words stays on the core, and so does what it starts', async () => {
  const [program = '', ...args] = [...(await boundTo([1])), 'sh', '-c', 'sh -c "grep Cpus_allowed_list /proc/self/status"'];
  const child = spawn(program, args);
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  expect(text.toString()).toMatch(/Cpus_allowed_list:\s+1\n/);
});

test.runIf(isHere)('every thread of a process that runs already is bound', async () => {
  const child = spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1000)'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    await bindProcess(child.pid!, [1]);
    const allowed = await allowedOf(child.pid!);
    expect(allowed.length).toBeGreaterThan(1);
    expect(new Set(allowed)).toEqual(new Set(['1']));
  } finally {
    child.kill('SIGKILL');
  }
});

test.runIf(isHere)('cores that this machine does not have are said', async () => {
  await expect(bindProcess(process.pid, [4095])).rejects.toThrow(/^It cannot be kept on cores 4095: /);
});
