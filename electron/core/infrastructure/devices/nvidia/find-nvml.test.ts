import { expect, test } from 'vitest';
import { isInPath, mayHaveNvml, type FileSystem } from './find-nvml.ts';

const files = (...paths: string[]): FileSystem => ({ exists: (path) => paths.includes(path), read: () => '' });

test('the library is expected where the loader looks: its variable, its usual folders, its list', () => {
  expect(mayHaveNvml('linux', {}, files())).toBe(false);
  expect(mayHaveNvml('linux', {}, files('/usr/lib64/libnvidia-ml.so.1'))).toBe(true);
  expect(mayHaveNvml('linux', {}, files('/opt/own/libnvidia-ml.so.1'))).toBe(false);
  expect(mayHaveNvml('linux', { LD_LIBRARY_PATH: '/a:/opt/own:' }, files('/opt/own/libnvidia-ml.so.1'))).toBe(true);
  const list = { exists: () => false, read: (path: string) => (path === '/etc/ld.so.cache' ? 'x\0libnvidia-ml.so.1\0y' : '') };
  expect(mayHaveNvml('linux', {}, list)).toBe(true);
});

test('on Windows it lies with the system or with the driver; on a Mac there is none', () => {
  expect(mayHaveNvml('win32', { SystemRoot: 'D:\\Windows' }, files('D:\\Windows\\System32\\nvml.dll'))).toBe(true);
  expect(mayHaveNvml('win32', {}, files('C:\\Program Files\\NVIDIA Corporation\\NVSMI\\nvml.dll'))).toBe(true);
  expect(mayHaveNvml('win32', {}, files())).toBe(false);
  expect(mayHaveNvml('darwin', {}, files('/usr/lib/libnvidia-ml.so.1'))).toBe(false);
});

test('a program is found in any folder of PATH', () => {
  expect(isInPath('nvidia-smi', { PATH: '/usr/bin:/opt/bin' }, files('/opt/bin/nvidia-smi'))).toBe(true);
  expect(isInPath('nvidia-smi', { PATH: '/usr/bin' }, files('/opt/bin/nvidia-smi'))).toBe(false);
  expect(isInPath('nvidia-smi', {}, files('/nvidia-smi'))).toBe(false);
});
