import type { Clock } from '../sampler/clock.ts';
import type { SystemFolder } from '../sysfs/system-folder.ts';
import { startLineProcess, type LineProcess } from './line-process.ts';
import { gpuFields, neededFields, parseDeviceMinor, parseGpuRow, parseUnknownField, saysNoDevice, type GpuRow } from './nvidia-smi-rows.ts';
import { createRestart } from './restart.ts';

interface GpuWatchOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly proc: SystemFolder;
  readonly clock: Clock;
}

/** Rows come every second; an answer from older ones would hide that the program hangs. */
const freshMs = 2000;

export interface GpuWatch {
  /** The newest rows; waits for them when the program has been silent. Rejects when it has ended. */
  fresh(): Promise<readonly GpuRow[]>;
  end(): void;
}

/** Reads the rows of `nvidia-smi --query-gpu`. A field that this version does not know is left out of the question. */
export const watchGpus = ({ environment, proc, clock }: GpuWatchOptions): GpuWatch => {
  let fields = gpuFields;
  let program: LineProcess | undefined;
  let newest: { rows: readonly GpuRow[]; atMs: number } | undefined;
  let round: GpuRow[] = [];
  let waiting: PromiseWithResolvers<readonly GpuRow[]> | undefined;
  const restart = createRestart(clock);

  const minorOf = (pci: string): number | undefined => parseDeviceMinor(proc.read(`driver/nvidia/gpus/${pci}/information`) ?? '');

  const heard = (line: string): void => {
    const row = parseGpuRow(line, fields, minorOf);
    if (!row) return;
    // Nothing but the order says where one round ends; a lost device may keep it from being whole.
    const last = round.at(-1);
    if (last && row.index <= last.index) publish();
    round.push(row);
    if (round.length === row.count) publish();
  };

  const publish = (): void => {
    newest = { rows: round, atMs: clock.monotonicMs() };
    round = [];
    restart.worked();
    waiting?.resolve(newest.rows);
    waiting = undefined;
  };

  const ended = (how: string, said: string): void => {
    program = undefined;
    round = [];
    const hadDevices = (newest?.rows.length ?? 0) > 0;
    newest = undefined;
    const unknown = parseUnknownField(said);
    if (unknown !== undefined && fields.includes(unknown) && !neededFields.includes(unknown)) {
      fields = fields.filter((field) => field !== unknown);
      return start();
    }
    if (saysNoDevice(said) && !hadDevices) waiting?.resolve([]);
    else waiting?.reject(restart.failed(`nvidia-smi ${how}${said === '' ? '' : `: ${lastLine(said)}`}`));
    waiting = undefined;
  };

  const start = (): void => {
    const args = [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits', '-l', '1'];
    program = startLineProcess({ program: 'nvidia-smi', args, environment, onLine: heard, onEnd: ended });
  };

  return {
    async fresh() {
      if (newest && clock.monotonicMs() - newest.atMs < freshMs) return newest.rows;
      if (!program) {
        restart.check();
        start();
      }
      waiting ??= Promise.withResolvers();
      return waiting.promise;
    },
    end() {
      program?.end();
      program = undefined;
      newest = undefined;
    },
  };
};

const lastLine = (text: string): string => text.split('\n').at(-1) ?? '';
