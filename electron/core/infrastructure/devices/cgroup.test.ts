import { expect, test } from 'vitest';
import { findLimits, parseCpuMax, parseInactiveFile, parseMemoryLimit, parseOwnGroups } from './cgroup.ts';

const reader =
  (files: Record<string, string>) =>
  (path: string): string | undefined =>
    files[path];

test('version 1 shares hierarchies, names some and may have colons in a path', () => {
  const text = '9:name=systemd:/\n4:memory:/docker/ab:cd\n1:cpu,cpuacct:/x\n0::/\n';
  expect(parseOwnGroups(text)).toEqual(
    new Map([
      ['name=systemd', '/'],
      ['memory', '/docker/ab:cd'],
      ['cpu', '/x'],
      ['cpuacct', '/x'],
      ['', '/'],
    ]),
  );
  expect(parseOwnGroups('')).toEqual(new Map());
});

test.each([
  ['150000 100000\n', 1.5],
  ['max 100000\n', undefined],
  ['', undefined],
  ['-1 100000\n', undefined],
])('cpu.max %j is %s cores', (text, cores) => {
  expect(parseCpuMax(text)).toBe(cores);
});

test.each([
  ['8589934592\n', 8589934592],
  ['max\n', undefined],
  ['9223372036854771712\n', undefined],
  ['-1\n', undefined],
  ['', undefined],
])('memory limit %j is %s bytes', (text, bytes) => {
  expect(parseMemoryLimit(text)).toBe(bytes);
});

test('of version 1 the total with the children counts', () => {
  expect(parseInactiveFile('cache 1\ninactive_file 5\ntotal_cache 3\ntotal_inactive_file 70\n')).toBe(70);
  expect(parseInactiveFile('anon 1\ninactive_file 5\nactive_file 6\n')).toBe(5);
  expect(parseInactiveFile('')).toBe(0);
});

test('every limit on the way to the root holds, each kind for itself', () => {
  const files = {
    '/sys/fs/cgroup/user/job/cpu.max': 'max 100000',
    '/sys/fs/cgroup/user/job/memory.max': '2000000000',
    '/sys/fs/cgroup/user/cpu.max': '400000 100000',
    '/sys/fs/cgroup/user/memory.max': '1000000000',
  };
  expect(findLimits('0::/user/job\n', '/sys/fs/cgroup', reader(files))).toEqual({
    cores: 4,
    memory: [
      { bytes: 2e9, usageFile: '/sys/fs/cgroup/user/job/memory.current', statFile: '/sys/fs/cgroup/user/job/memory.stat' },
      { bytes: 1e9, usageFile: '/sys/fs/cgroup/user/memory.current', statFile: '/sys/fs/cgroup/user/memory.stat' },
    ],
  });
});

test('inside a container of version 1 the path is the host’s and the limit lies at the root of the mount', () => {
  const files = {
    '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '50000',
    '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': '536870912\n',
  };
  expect(findLimits('5:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc\n', '/sys/fs/cgroup', reader(files))).toEqual({
    cores: 0.5,
    memory: [{ bytes: 536870912, usageFile: '/sys/fs/cgroup/memory/memory.usage_in_bytes', statFile: '/sys/fs/cgroup/memory/memory.stat' }],
  });
});

test('where nothing limits there is no limit', () => {
  const files = { '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000' };
  expect(findLimits('1:cpu:/\n4:memory:/\n0::/\n', '/sys/fs/cgroup', reader(files))).toEqual({ memory: [] });
  expect(findLimits('', '/sys/fs/cgroup', reader({}))).toEqual({ memory: [] });
});

test('the cores are those that all groups allow, of both versions', () => {
  const files = {
    '/sys/fs/cgroup/cpuset/cpuset.cpus': '0-7\n',
    '/sys/fs/cgroup/cpuset/batch/cpuset.effective_cpus': '2-5\n',
    '/sys/fs/cgroup/cpuset/batch/job/cpuset.effective_cpus': '\n',
    '/sys/fs/cgroup/cpuset/batch/job/cpuset.cpus': '0\n',
    '/sys/fs/cgroup/unified/cpuset.cpus.effective': '3-7\n',
  };
  expect(findLimits('3:cpuset:/batch/job\n0::/\n', '/sys/fs/cgroup', reader(files))).toEqual({ coreIds: [3, 4, 5], memory: [] });
});

test('beside version 1 the limits of version 2 lie in a folder of their own', () => {
  const files = { '/sys/fs/cgroup/unified/a/cpu.max': '200000 100000\n', '/sys/fs/cgroup/unified/a/memory.max': '1000\n' };
  expect(findLimits('1:cpu:/\n0::/a\n', '/sys/fs/cgroup', reader(files))).toMatchObject({ cores: 2, memory: [{ bytes: 1000 }] });
});
