import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createXrtReadings } from './xrt-readings.ts';

const board = '0000:d8:00.1';
const reportOf = (watts: string): string =>
  JSON.stringify({ devices: [{ device_id: board, electrical: { power_consumption_watts: watts }, thermals: [] }] });

/** A tool in the runtime's place: it writes its report to the file that `-o` names. */
const fakeTool = (installed: string) => {
  const state = { now: 0, watts: '20', isBroken: false, started: [] as string[] };
  const readings = createXrtReadings({
    now: () => state.now,
    run: async (program, args) => {
      state.started.push(program);
      if (program !== installed || state.isBroken) throw new Error('spawn ENOENT');
      expect(args.slice(0, -1)).toEqual(['examine', '-d', board, '-r', 'electrical', 'thermal', '-f', 'JSON', '-o']);
      writeFileSync(args.at(-1) ?? '', reportOf(state.watts));
      return '';
    },
  });
  return { state, readings };
};

test('a board’s reading is what the tool told last, and is asked for every five seconds', async () => {
  const { state, readings } = fakeTool('xbutil');
  expect(readings.of(board)).toEqual({});
  await expect.poll(() => readings.of(board)).toEqual({ powerW: 20 });
  expect(state.started).toEqual(['xrt-smi', '/opt/xilinx/xrt/bin/xrt-smi', 'xbutil']);
  state.watts = '30';
  state.now = 4000;
  expect(readings.of(board)).toEqual({ powerW: 20 });
  expect(state.started).toHaveLength(3);
  state.now = 5000;
  expect(readings.of(board)).toEqual({ powerW: 20 });
  await expect.poll(() => readings.of(board)).toEqual({ powerW: 30 });
  // The tool that answered is the only one that is asked.
  expect(state.started.slice(3)).toEqual(['xbutil']);
});

test('without a tool there are no figures, and it is looked for once a minute; one that breaks takes its figures along', async () => {
  const { state, readings } = fakeTool('none');
  readings.of(board);
  await expect.poll(() => state.started.length).toBe(4);
  for (state.now = 5000; state.now < 60_000; state.now += 5000) expect(readings.of(board)).toEqual({});
  expect(state.started).toHaveLength(4);

  const other = fakeTool('xrt-smi');
  other.readings.of(board);
  await expect.poll(() => other.readings.of(board)).toEqual({ powerW: 20 });
  other.state.isBroken = true;
  other.state.now = 60_000;
  other.readings.of(board);
  await expect.poll(() => other.readings.of(board)).toEqual({});
});
