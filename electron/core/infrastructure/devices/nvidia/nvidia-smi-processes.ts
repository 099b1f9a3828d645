import type { DeviceProcess } from '../../../../../shared/model/device.ts';
import type { Clock } from '../sampler/clock.ts';
import { startLineProcess, type LineProcess } from './line-process.ts';
import { parseProcessRow, processFields } from './nvidia-smi-rows.ts';
import { createRestart } from './restart.ts';

export interface ProcessWatch {
  /** Lists by the key of the device; the program is started by the first question. A list that cannot be had is empty. */
  newest(): ReadonlyMap<string, DeviceProcess[]>;
  end(): void;
}

/** Lines of one round come together; rounds are five seconds apart. */
const roundGapMs = 1000;
/** Where no process is left nothing is written, so that what was heard last must lapse. */
const lapseMs = 7000;

export const watchProcesses = ({ environment, clock }: { environment: NodeJS.ProcessEnv; clock: Clock }): ProcessWatch => {
  const restart = createRestart(clock);
  let lists = new Map<string, DeviceProcess[]>();
  let heardAtMs = 0;
  let program: LineProcess | undefined;

  const heard = (line: string): void => {
    const row = parseProcessRow(line);
    if (!row) return;
    const now = clock.monotonicMs();
    if (now - heardAtMs > roundGapMs) lists = new Map();
    heardAtMs = now;
    restart.worked();
    lists.set(row.key, [...(lists.get(row.key) ?? []), row.process]);
  };

  const ended = (how: string): void => {
    program = undefined;
    restart.failed(how);
  };

  const start = (): void => {
    const args = [`--query-compute-apps=${processFields.join(',')}`, '--format=csv,noheader,nounits', '-l', '5'];
    program = startLineProcess({ program: 'nvidia-smi', args, environment, onLine: heard, onEnd: ended });
  };

  return {
    newest() {
      if (!program && restart.isDue()) start();
      return clock.monotonicMs() - heardAtMs > lapseMs ? new Map() : lists;
    },
    end() {
      program?.end();
      program = undefined;
      lists = new Map();
    },
  };
};
