import { expect, onTestFinished, test } from 'vitest';
import { createMachineTree } from '../../../../../e2e/fixtures/sysfs/machine-tree.ts';
import { addProcess } from '../../../../../e2e/fixtures/sysfs/processes.ts';
import { createNodeUsers, processesOf } from './node-users.ts';
import { openSystemFolder } from './system-folder.ts';

const machine = () => {
  const tree = createMachineTree();
  onTestFinished(() => tree.dispose());
  let time = 0;
  const proc = openSystemFolder(tree.procfs);
  return { tree, proc, users: createNodeUsers(proc, () => time), now: () => time, pass: (ms: number) => (time += ms) };
};

const card = (memory: string) => ({ node: '/dev/dri/renderD128', drm: { driver: 'xe', 'client-id': '1', 'resident-vram0': memory } });

test('only processes that hold a device open are users', () => {
  const { tree, users } = machine();
  addProcess(tree, 10, 'python3', [card('1 MiB')]);
  addProcess(tree, 11, 'editor', [{ node: '/home/me/dri/notes' }]);
  addProcess(tree, 12, 'loader', [{ node: '/dev/fpga0' }]);
  tree.write('proc/uptime', '1 1\n');
  const found = users.scan();
  expect(found.isComplete).toBe(true);
  expect(found.users.map(({ pid, node }) => `${pid} ${node}`).toSorted()).toEqual(['10 /dev/dri/renderD128', '12 /dev/fpga0']);
});

test('a refresh reads known files anew, and finds new processes after a while', () => {
  const { tree, users, pass } = machine();
  addProcess(tree, 10, 'python3', [card('1 MiB')]);
  users.scan();
  addProcess(tree, 10, 'python3', [card('2 MiB')]);
  addProcess(tree, 11, 'python3', [card('1 MiB')]);
  pass(1000);
  expect(users.refresh().users.map(({ pid, usage }) => [pid, usage?.memoryBytes])).toEqual([[10, 2 ** 21]]);
  pass(4000);
  expect(users.refresh().users).toHaveLength(2);
});

test('a process that ended is no user any more', () => {
  const { tree, users, pass } = machine();
  addProcess(tree, 10, 'python3', [card('1 MiB')]);
  users.scan();
  tree.remove('proc/10');
  pass(1000);
  expect(users.refresh().users).toEqual([]);
});

test('several probes share one look', () => {
  const { tree, users, pass } = machine();
  const first = users.scan();
  addProcess(tree, 10, 'python3', [card('1 MiB')]);
  pass(100);
  expect(users.scan()).toEqual(first);
  pass(900);
  expect(users.scan().users).toHaveLength(1);
});

test('a process that is closed to us makes the list incomplete', () => {
  const { tree, proc, now } = machine();
  addProcess(tree, 10, 'python3', [card('1 MiB')]);
  tree.makeFolder('proc/11/fd');
  const users = createNodeUsers({ ...proc, isClosed: (path) => path === '11/fd' }, now);
  const found = users.scan();
  expect(found.isComplete).toBe(false);
  expect(found.users).toHaveLength(1);
});

test('without procfs there are no users', () => {
  expect(createNodeUsers(openSystemFolder('/nonexistent'), () => 0).scan()).toEqual({ users: [], isComplete: true });
});

test('processes without a known size come last', () => {
  const users = [
    { pid: 1, node: '/dev/fpga0' },
    { pid: 2, node: '/dev/fpga0', usage: { driver: 'x', memoryBytes: 5, engines: new Map() } },
  ];
  expect(processesOf(users, (pid) => (pid === 1 ? 'loader' : undefined))).toEqual([
    { pid: 2, memoryBytes: 5 },
    { pid: 1, name: 'loader' },
  ]);
});
