import type { DeviceProcess, DeviceReading } from '../../../../../shared/model/device.ts';
import type { FoundDevice } from '../../../ports.ts';
import { present } from '../present.ts';
import { parseBusAddress } from './bus-address.ts';
import { nodesOf } from './nvml-facts.ts';
import { throttleReasons } from './throttle-reasons.ts';

/** Without these there is nothing to tell; any other that a driver does not know is left out of the question. */
export const neededFields: readonly string[] = ['index', 'count', 'uuid', 'name'];
export const gpuFields: readonly string[] = [
  ...neededFields,
  'pci.bus_id',
  'driver_version',
  'memory.total',
  'memory.used',
  'memory.free',
  'utilization.gpu',
  'utilization.memory',
  'power.draw',
  'enforced.power.limit',
  'temperature.gpu',
  'clocks.gr',
  'clocks.mem',
  'clocks_throttle_reasons.active',
  'ecc.errors.uncorrected.volatile.total',
  'fan.speed',
  'persistence_mode',
];
/** The name comes last, because it may hold a comma. */
export const processFields: readonly string[] = ['gpu_uuid', 'pid', 'used_gpu_memory', 'process_name'];

/** One line about one GPU. */
export interface GpuRow {
  readonly index: number;
  /** Of all GPUs that the program knows. */
  readonly count: number;
  readonly found: FoundDevice;
  readonly reading: DeviceReading | { error: string };
}

/** Undefined for a line that is not about a GPU, such as a complaint. `minorOf` tells the number of a device's file by its address. */
export const parseGpuRow = (
  line: string,
  fields: readonly string[],
  minorOf: (pci: string) => number | undefined = () => undefined,
): GpuRow | undefined => {
  const texts = line.split(',').map((text) => text.trim());
  if (texts.length !== fields.length) return undefined;
  const text = (field: string): string | undefined => knownText(texts[fields.indexOf(field)]);
  const number = (field: string): number | undefined => parseNumber(text(field));
  const index = number('index');
  const count = number('count');
  const uuid = text('uuid');
  if (index === undefined || count === undefined || uuid === undefined) return undefined;
  const broken = texts.find((value) => /^\[GPU (is lost|requires reset)/.test(value));
  return {
    index,
    count,
    found: parseFound(uuid, text, number, minorOf),
    reading: broken === undefined ? parseReading(text, number) : { error: `nvidia-smi says: ${broken.slice(1, -1)}` },
  };
};

/** What is in brackets is not a value: [N/A], [Not Supported], [Unknown Error], [Insufficient Permissions]. */
const knownText = (text: string | undefined): string | undefined =>
  text === undefined || text === '' || text.startsWith('[') || text === 'N/A' ? undefined : text;

const parseNumber = (text: string | undefined): number | undefined => {
  const value = Number(text);
  return text === undefined || !Number.isFinite(value) ? undefined : value;
};

type Text = (field: string) => string | undefined;
type NumberOf = (field: string) => number | undefined;

const mebibyte = 2 ** 20;
const bytes = (mebibytes: number | undefined): number | undefined => (mebibytes === undefined ? undefined : mebibytes * mebibyte);

const parseFound = (uuid: string, text: Text, number: NumberOf, minorOf: (pci: string) => number | undefined): FoundDevice => {
  const pci = parseBusAddress(text('pci.bus_id') ?? '');
  return present<FoundDevice>({
    key: uuid,
    kind: 'gpu',
    name: text('name') ?? 'NVIDIA GPU',
    vendor: 'NVIDIA',
    uuid,
    pci,
    driver: text('driver_version'),
    memoryTotalBytes: bytes(number('memory.total')) || undefined,
    powerLimitW: number('enforced.power.limit'),
    providers: [],
    nodes: nodesOf(pci === undefined ? undefined : minorOf(pci)),
    advice: text('persistence_mode') === 'Disabled' ? ['persistence-mode-off'] : undefined,
  });
};

const parseReading = (text: Text, number: NumberOf): DeviceReading => {
  const mask = text('clocks_throttle_reasons.active');
  const total = number('memory.total');
  const free = number('memory.free');
  return present<DeviceReading>({
    utilization: number('utilization.gpu'),
    // What the driver keeps for itself is neither used nor free to it; no program can have it.
    memoryUsedBytes: bytes(total !== undefined && free !== undefined ? total - free : number('memory.used')),
    memoryUtilization: number('utilization.memory'),
    powerW: number('power.draw'),
    temperatureC: number('temperature.gpu'),
    frequencyMhz: number('clocks.gr'),
    memoryFrequencyMhz: number('clocks.mem'),
    throttled: mask !== undefined && /^0x[\da-f]+$/i.test(mask) ? throttleReasons(BigInt(mask)) : undefined,
    eccErrors: number('ecc.errors.uncorrected.volatile.total'),
    fanPercent: number('fan.speed'),
  });
};

/** Undefined for a line that is not about a process. */
export const parseProcessRow = (line: string): { readonly key: string; readonly process: DeviceProcess } | undefined => {
  const [key = '', pidText = '', memory = '', ...nameParts] = line.split(',').map((text) => text.trim());
  const pid = Number(pidText);
  if (!key.startsWith('GPU-') || !Number.isInteger(pid) || pid <= 0) return undefined;
  const name = knownText(nameParts.join(', '))?.replace(/^.*[\\/]/, '');
  return { key, process: present<DeviceProcess>({ pid, memoryBytes: bytes(parseNumber(knownText(memory))), name }) };
};

/** The field that a driver does not know, from the program's complaint. */
export const parseUnknownField = (text: string): string | undefined => /Field "([^"]+)" is not a valid field/.exec(text)?.[1];

/** Says that there is nothing to measure, which is no failure. */
export const saysNoDevice = (text: string): boolean => /No devices were found|couldn't communicate with the NVIDIA driver/.test(text);

/** `Device Minor: 	 0` in the kernel's file about a GPU. */
export const parseDeviceMinor = (text: string): number | undefined => {
  const [, minor] = /^Device Minor:\s*(\d+)/m.exec(text) ?? [];
  return minor === undefined ? undefined : Number(minor);
};
