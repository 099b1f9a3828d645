import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceReading } from '../../../../../shared/model/device.ts';
import type { RunProgram } from '../run-program.ts';
import { parseXrtReport } from './xrt-report.ts';

/** What the runtime's own tool tells of boards, which the kernel's files do not. */
export interface XrtReadings {
  /** The latest; a newer one is fetched meanwhile. */
  of(address: string): DeviceReading;
}

/** Each reading starts a program. */
const readsEveryMs = 5000;
/** A runtime that is installed later is found within this time. */
const looksForToolEveryMs = 60_000;
/** Where the runtime's packages put it, for those whose PATH does not lead there; it had another name in earlier versions. */
const tools = ['xrt-smi', '/opt/xilinx/xrt/bin/xrt-smi', 'xbutil', '/opt/xilinx/xrt/bin/xbutil'];

export const createXrtReadings = ({ run, now }: { run: RunProgram; now: () => number }): XrtReadings => {
  const latest = new Map<string, { at: number; reading: DeviceReading }>();
  let tool: string | undefined;
  let triedAt = -Infinity;

  /** It writes to nothing but a file that is not there yet. */
  const report = async (program: string, address: string): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-xrt-'));
    try {
      const file = join(folder, 'report.json');
      await run(program, ['examine', '-d', address, '-r', 'electrical', 'thermal', '-f', 'JSON', '-o', file]);
      return await readFile(file, 'utf8');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  const fetchReading = async (address: string): Promise<DeviceReading> => {
    if (tool === undefined && now() - triedAt < looksForToolEveryMs) return {};
    triedAt = now();
    for (const program of tool === undefined ? tools : [tool]) {
      try {
        const reading = parseXrtReport(await report(program, address), address);
        if (!reading) continue;
        tool = program;
        return reading;
      } catch {
        // It is not installed, or does not answer now: the board is there all the same.
      }
    }
    tool = undefined;
    return {};
  };

  return {
    of(address) {
      const known = latest.get(address);
      if (!known || now() - known.at >= readsEveryMs) {
        latest.set(address, { at: now(), reading: known?.reading ?? {} });
        void fetchReading(address).then((reading) => latest.set(address, { at: now(), reading }));
      }
      return latest.get(address)?.reading ?? {};
    },
  };
};
