import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestCore, type TestCore } from '../test-core.ts';
import { runCommand } from '../test-run.ts';

let core: TestCore;
beforeEach(async () => {
  core = await startTestCore();
});
afterEach(() => core.close());

const run = (...words: string[]) => runCommand(['--data', core.dataFolder, 'reservations', ...words]);
const at = (day: number, hour: number): number => new Date(2040, 10, day, hour).getTime();

test('shows what is reserved for whom and when', async () => {
  expect((await run()).stdout).toBe('Nothing is reserved.\n');
  core.foretold.reservations = [
    {
      id: 3,
      group: 'lab',
      cores: 2.5,
      devices: ['gpu0', 'half'],
      startsAt: at(1, 20),
      endsAt: at(2, 8),
      repeats: 'weekdays',
      endsRunning: false,
      next: { from: at(5, 20), to: at(6, 8) },
    },
  ];
  const { stdout } = await run();
  expect(stdout).toMatch(/^ *3 +lab +2\.5 cores, gpu0, half +2040-11-05 20:00 +2040-11-06 08:00 +Monday to Friday +run on +to come$/m);
  expect(JSON.parse((await run('--json')).stdout)).toEqual({ reservations: core.foretold.reservations });
});

test('one that lasts says whether it is open or who holds it up', async () => {
  const one = {
    id: 3,
    group: 'lab',
    memoryBytes: 16e9,
    devices: ['gpu0'],
    deviceMemoryBytes: 8e9,
    endsRunning: true,
    repeats: 'never' as const,
  };
  const times = { startsAt: 1000, endsAt: at(6, 8), next: { from: 1000, to: at(6, 8) } };
  const heldUpBy = [
    { id: 12, name: 'train', isEnding: true },
    { id: 13, name: 'mine', isEnding: false },
  ];
  core.foretold.reservations = [
    { ...one, ...times },
    { ...one, ...times, heldUpBy },
  ];
  const [, open, held] = (await run()).stdout.split('\n');
  expect(open).toMatch(/lab +16\.0 GB of memory, gpu0 with 8\.0 GB each .+ preemptible ones end +open$/);
  expect(held).toMatch(/preemptible ones end +held up by #12 train \(being ended\), #13 mine$/);
});

test('a reservation ends at the next such time after its beginning', async () => {
  const from = '2040-11-05T20:00';
  expect((await run('add', 'lab', '--from', from, '--to', '08:00', '--repeat', 'daily', '--devices', 'gpu0,half')).exitCode).toBe(0);
  expect((await run('add', 'lab/alice', '--from', from, '--to', '2h', '--cpus', '4')).exitCode).toBe(0);
  const memory = ['--memory', '16GB', '--devices', 'gpu0', '--device-memory', '8GB', '--end-running'];
  expect((await run('add', 'vision', '--from', from, '--to', '2h', ...memory)).exitCode).toBe(0);
  const added = core.calls.flatMap((call) => (call.startsWith('add-reservation ') ? [JSON.parse(call.slice(16)) as object] : []));
  expect(added).toEqual([
    { group: 'lab', startsAt: at(5, 20), endsAt: at(6, 8), repeats: 'daily', devices: ['gpu0', 'half'], endsRunning: false },
    { group: 'lab/alice', startsAt: at(5, 20), endsAt: at(5, 22), repeats: 'never', cores: 4, devices: [], endsRunning: false },
    {
      group: 'vision',
      startsAt: at(5, 20),
      endsAt: at(5, 22),
      repeats: 'never',
      memoryBytes: 16e9,
      devices: ['gpu0'],
      deviceMemoryBytes: 8e9,
      endsRunning: true,
    },
  ]);
});

test('one is removed by its number', async () => {
  expect((await run('remove', '3')).exitCode).toBe(0);
  expect(core.calls).toContain('remove-reservation 3');
});

test.each([
  [['move'], 'move is not something reservations can do'],
  [['add'], 'reservations add needs a name'],
  [['add', 'lab', '--cpus', '1'], 'Say when it ends'],
  [['add', 'lab', '--to', 'later', '--cpus', '1'], 'later'],
  [['add', 'lab', '--to', '2h', '--repeat', 'often', '--cpus', '1'], 'often'],
  [['add', 'lab', '--to', '2h', '--memory', 'much'], 'much'],
  [['add', 'lab', '--to', '2h', '--devices', 'gpu0', '--device-memory', 'auto'], 'auto'],
  [['add', 'lab', '--to', '2h'], 'Say what to reserve: --cpus, --memory or --devices.'],
  [['remove', 'lab'], 'lab is not the number of a reservation.'],
  [['--to', '2h'], '--to is for a new reservation'],
])('%j is refused before anything is asked of the core', async (words, said) => {
  const { exitCode, stderr } = await run(...words);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(said)]);
  expect(core.calls.filter((call) => call.includes('reservation'))).toEqual([]);
});

test('help says what its flags mean for a reservation, not for a job', async () => {
  const { stdout } = await runCommand(['reservations', '--help']);
  expect(stdout).toMatch(/--cpus N +cores to reserve of the processor, such as 2 or 0\.5$/m);
  expect(stdout).toMatch(/--device-memory SIZE +memory to reserve on each device/);
});
