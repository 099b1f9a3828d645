import type { Device } from '../../../../../../shared/model/device.ts';
import type { FailReason } from '../../../../../../shared/model/reason.ts';
import type { Measured, Measurer } from '../../../../ports.ts';
import { deviceEnvironment } from '../../device-environment.ts';
import type { Settled } from '../onnx-worker.ts';
import { providerFor, unreached } from '../providers/choose-place.ts';
import type { ProviderName } from '../providers/provider-names.ts';
import type { ProviderProof } from '../providers/providers-of.ts';
import type { Seat, SeatDevices } from '../seat.ts';
import { createPool, type SetTimer } from '../worker-pool.ts';

interface MeasurerOptions {
  /** A worker for nothing else. */
  open(devices: SeatDevices): Promise<Seat>;
  prove(devices: readonly Device[]): Promise<readonly ProviderProof[]>;
  readonly setTimer: SetTimer;
}

/** How long one measurement may take; a driver that hangs would never come back. */
const limitMs = 60_000;

/** Measures one device after the other, each in a worker of its own that ends with it, because what it holds would be granted to nobody. */
export const createMeasurer = ({ open, prove, setTimer }: MeasurerOptions): { measure: Measurer; close(): Promise<void> } => {
  const seats = createPool<Seat>({ maximum: 1, idleMs: 0, setTimer });

  const ask = async (device: Device, devices: SeatDevices, provider: ProviderName): Promise<{ answer: Settled; isLate: boolean }> => {
    const seat = await seats.acquire(device.id, () => open(devices), new AbortController().signal);
    let isLate = false;
    const cancelTimer = setTimer(() => {
      isLate = true;
      seat.end();
    }, limitMs);
    try {
      const answer = await seat.worker.ask({ kind: 'measure', job: 0, provider, threads: threadsOf(device) }, () => undefined);
      return { answer, isLate };
    } finally {
      cancelTimer();
      seat.end();
      await seat.ended;
    }
  };

  const measure: Measurer = async (device, machine) => {
    const proofs = device.kind === 'cpu' ? [{ name: 'cpu' as const }] : await prove(machine);
    const provider = providerFor(device, proofs, machine);
    if (typeof provider !== 'string') return { kind: 'refused', reason: provider };
    const { answer, isLate } = await ask(device, seatDevicesOf(device, machine), provider);
    const refused = (detail: string): Measured => ({
      kind: 'refused',
      reason: unreached(device, proofs, `${provider}: ${detail}`),
    });
    switch (answer.kind) {
      case 'measured': {
        const figures = { gflops: rounded(answer.gflops), gbPerSecond: rounded(answer.gbPerSecond) };
        return { kind: 'measured', figures: { ...figures, ...(device.kind === 'cpu' && { threads: threadsOf(device) }) } };
      }
      case 'failed':
        return { kind: 'refused', reason: answer.reason };
      case 'provider-failed':
        return refused(answer.detail);
      case 'no-memory':
        return { kind: 'refused', reason: noMemory };
      case 'crashed':
        return isLate
          ? refused(`It did nothing for ${limitMs / 1000} seconds.`)
          : { kind: 'refused', reason: { code: 'worker-crashed', values: { signal: answer.ending.signal } } };
      default:
        throw new Error(`a measurement was answered as ${answer.kind}`);
    }
  };

  return { measure, close: seats.close };
};

/** No more digits than two measurements have in common. */
const rounded = (figure: number): number => Number(figure.toPrecision(3));

const noMemory: FailReason = { code: 'run-failed', values: { detail: 'There was not enough memory on this machine.' } };

/** Beside the processor one thread hands over the work. */
const threadsOf = ({ kind, cores = 1 }: Device): number => (kind === 'cpu' ? Math.max(1, Math.floor(cores)) : 1);

/** As a job that was granted this device alone would be given it. */
const seatDevicesOf = (device: Device, machine: readonly Device[]): SeatDevices => {
  const accelerators = device.kind === 'cpu' ? [] : [device];
  const placement = { accelerators: accelerators.map(({ id, name }) => ({ device: id, deviceName: name })) };
  return {
    nodes: accelerators.flatMap(({ nodes = [] }) => nodes),
    environment: deviceEnvironment({ accelerators, placement, machine }),
    ...(device.kind === 'cpu' && device.coreIds && { coreIds: device.coreIds }),
  };
};
