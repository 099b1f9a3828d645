import { createHash } from 'node:crypto';
import type { Device } from '../../../../shared/model/device.ts';
import type { DeviceRequest, FileRef, JobSpec } from '../../../../shared/model/job.ts';
import type { RefusalReason } from '../../../../shared/model/reason.ts';
import { allowedDevices } from '../../allowed-devices.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Demand } from './job-entry.ts';

/** Granted to work that nobody has measured or sized yet. */
const defaultMemoryBytes = 1024 ** 3;
const roundingBytes = 16 * 1024 ** 2;

/** Of a device, beyond what was held before; a program that asks for a little more is not to wait for another grant. */
const deviceMargin = 1.1;

/** The most that the same work has held so far; absent while nobody has seen it. */
export interface MeasuredPeaks {
  readonly memoryBytes?: number | undefined;
  /** Of one device of the kind that it asks for. */
  readonly deviceMemoryBytes?: number | undefined;
}

interface Machine {
  readonly grantable: { readonly cores: number; readonly memoryBytes: number };
  readonly devices: readonly Device[];
}

/**
 * What a job is counted for: what it asks, else the measured peak of the same work (rounded up to 16 MiB), else 1 GiB.
 * Refuses what this machine can never grant. Pure.
 */
export const demandOf = (spec: JobSpec, machine: Machine, measured: MeasuredPeaks): Demand => {
  refuseUnknown(spec.resources, machine.devices);
  refuseNotAsked(spec.resources, machine.devices);
  refuseRuledOut(spec.resources, machine.devices);
  const total = processorTotal(spec.resources, machine);
  return {
    cores: spec.resources.cores,
    ...memoryDemand(spec, total, measured.memoryBytes),
    ...deviceDemand(spec.resources, machine.devices, measured.deviceMemoryBytes),
  };
};

const memoryDemand = (
  { resources }: JobSpec,
  total: Machine['grantable'],
  measuredBytes: number | undefined,
): Pick<Demand, 'memoryBytes' | 'memoryFrom'> => {
  const { cores, memoryBytes } = resources;
  if (cores > total.cores) throw new Refusal({ code: 'needs-more-cores', values: { needCores: cores, totalCores: total.cores } });
  if (memoryBytes !== undefined) {
    if (memoryBytes > total.memoryBytes) {
      throw new Refusal({ code: 'needs-more-memory', values: { needBytes: memoryBytes, totalBytes: total.memoryBytes } });
    }
    return { memoryBytes, memoryFrom: 'request' };
  }
  if (measuredBytes !== undefined) {
    return { memoryBytes: Math.min(roundedUp(measuredBytes), total.memoryBytes), memoryFrom: 'measured' };
  }
  return { memoryBytes: Math.min(defaultMemoryBytes, total.memoryBytes), memoryFrom: 'default' };
};

/** Of a measured figure the next time may need a little more. */
export const roundedUp = (bytes: number): number => Math.ceil(bytes / roundingBytes) * roundingBytes;

const refuseUnknown = ({ on = [], notOn = [] }: JobSpec['resources'], devices: readonly Device[]): void => {
  const unknown = [...on, ...notOn].find((id) => !devices.some((device) => device.id === id));
  if (unknown === undefined) return;
  throw new Refusal({ code: 'device-unknown', values: { device: unknown, known: devices.map(({ id }) => id).join(', ') } });
};

/** A device beside the processor is granted to those only who ask for its kind; named in vain it would be forgotten in silence. */
const refuseNotAsked = ({ on = [], device }: JobSpec['resources'], devices: readonly Device[]): void => {
  const named = devices.find(({ id, kind }) => kind !== 'cpu' && kind !== device?.kind && on.includes(id));
  if (named) throw new Refusal({ code: 'device-not-asked', values: { device: named.id, kind: named.kind } });
};

/** What it asks for and rules out at once, and where nothing is left of a kind that it needs. */
const refuseRuledOut = (resources: JobSpec['resources'], devices: readonly Device[]): void => {
  const { on = [], notOn = [], device, mayFallBack } = resources;
  const allowed = allowedDevices(resources, devices);
  const both = on.find((id) => !allowed.some((one) => one.id === id));
  if (both !== undefined) throw new Refusal({ code: 'device-ruled-out', values: { device: both, ruledOut: notOn.join(', ') } });
  const needed = ['cpu' as const, ...(device && !mayFallBack ? [device.kind] : [])];
  const none = needed.find((kind) => devices.some((one) => one.kind === kind) && !allowed.some((one) => one.kind === kind));
  if (none) throw new Refusal({ code: 'all-ruled-out', values: { kind: none, ruledOut: notOn.join(', ') } });
};

const namedProcessors = ({ on }: JobSpec['resources'], devices: readonly Device[]): Device[] =>
  devices.filter(({ id, kind }) => kind === 'cpu' && on?.includes(id));

/** The processors that a job may have: those that it names, else the whole one. */
export const processorsOf = (resources: JobSpec['resources'], { grantable, devices }: Machine): { readonly cores: number }[] => {
  const named = namedProcessors(resources, devices);
  return named.length === 0 ? [grantable] : named.map(({ cores }) => ({ cores: cores ?? 0 }));
};

/** The most that one processor can grant, or the largest of those that the job names. */
const processorTotal = (resources: JobSpec['resources'], { grantable, devices }: Machine): Machine['grantable'] => {
  const named = namedProcessors(resources, devices);
  if (named.length === 0) return grantable;
  return {
    cores: Math.max(...named.map(({ cores }) => cores ?? 0)),
    memoryBytes: Math.min(
      grantable.memoryBytes,
      Math.max(...named.map(({ memoryTotalBytes }) => memoryTotalBytes ?? grantable.memoryBytes)),
    ),
  };
};

const deviceDemand = (
  resources: JobSpec['resources'],
  devices: readonly Device[],
  measuredBytes: number | undefined,
): Pick<Demand, 'device' | 'deviceMemoryFrom' | 'fellBackFrom'> => {
  const { device: request, mayFallBack } = resources;
  if (!request) return {};
  const ofKind = devicesOfKind(resources, devices);
  const refusal = whyNever(request, ofKind);
  if (!refusal) return withLearnedMemory(request, largestOfAll(request, ofKind), measuredBytes);
  if (mayFallBack) return { fellBackFrom: request.kind };
  throw new Refusal(refusal);
};

/** What it held before with a margin, though never more than there is: that would be refused, and it has run before. */
const withLearnedMemory = (
  { learnedMemory, ...request }: DeviceRequest,
  mostBytes: number,
  measuredBytes: number | undefined,
): Pick<Demand, 'device' | 'deviceMemoryFrom'> => {
  if (request.memoryBytes !== undefined) return { device: request, deviceMemoryFrom: 'request' };
  if (!learnedMemory) return { device: request };
  if (measuredBytes === undefined) return { device: request, deviceMemoryFrom: 'unknown' };
  const memoryBytes = Math.max(1, Math.min(roundedUp(measuredBytes * deviceMargin), mostBytes));
  return { device: { ...request, memoryBytes }, deviceMemoryFrom: 'measured' };
};

/** Of as many devices as are asked for, the memory that the smallest of the largest has; without end where none tells. */
const largestOfAll = ({ count }: DeviceRequest, devices: readonly Device[]): number =>
  devices.map(({ memoryTotalBytes = Infinity }) => memoryTotalBytes).toSorted((a, b) => b - a)[count - 1] ?? Infinity;

export const devicesOfKind = (resources: JobSpec['resources'], devices: readonly Device[]): Device[] => {
  const ofKind = allowedDevices(resources, devices).filter(({ kind }) => kind === resources.device?.kind);
  const named = ofKind.filter(({ id }) => resources.on?.includes(id));
  return named.length > 0 ? named : ofKind;
};

/** Why these devices can never grant the request. */
const whyNever = ({ kind, count, memoryBytes }: DeviceRequest, devices: readonly Device[]): RefusalReason | undefined => {
  const have = countApart(devices);
  if (have < count) return { code: 'needs-device', values: { kind, need: count, have } };
  if (memoryBytes === undefined) return undefined;
  // One that does not tell its memory is granted whole.
  const largeEnough = devices.filter(({ memoryTotalBytes = Infinity }) => memoryTotalBytes >= memoryBytes);
  if (countApart(largeEnough) >= count) return undefined;
  // Of several devices the smallest of the largest ones decides.
  const largest = devices.map(({ memoryTotalBytes = 0 }) => memoryTotalBytes).toSorted((a, b) => b - a);
  return { code: 'needs-device-memory', values: { kind, needBytes: memoryBytes, largestBytes: largest[count - 1] ?? 0 } };
};

/** How many that ask for the same could have some of these devices at once, at the very most. */
export const fittingOn = ({ count, memoryBytes }: DeviceRequest, devices: readonly Device[]): number => {
  if (memoryBytes === undefined) return Math.floor(countApart(devices) / count);
  // What shares have is a part of what the device has.
  const roots = devices.filter(({ parent }) => !devices.some(({ id }) => id === parent));
  const places = roots.reduce((sum, { memoryTotalBytes }) => sum + Math.floor((memoryTotalBytes ?? memoryBytes) / memoryBytes), 0);
  return Math.floor(places / count);
};

/** A device and a share of it cannot be granted together. */
const countApart = (devices: readonly Device[]): number => devices.filter(({ id }) => !devices.some(({ parent }) => parent === id)).length;

/** Names the same work again: the same model, application, image or command line. */
export const workOf = (spec: JobSpec): string => {
  switch (spec.runtime) {
    case 'onnx':
      return `onnx ${fileIdentity(spec.model)}`;
    case 'application':
      // Many files need more memory than one, so that numbers of files are told apart by powers of two.
      return `application ${spec.application} ${Math.ceil(Math.log2(spec.files.length))}`;
    case 'command':
    case 'process':
      // A command that somebody started by hand teaches what it needs when it is submitted.
      return `command ${digest([spec.folder ?? '', ...spec.command])}`;
    case 'container':
      return `container ${spec.image} ${digest(spec.command)}`;
  }
};

/** Names what the same work holds of one device of a kind. */
export const deviceWorkOf = (spec: JobSpec, kind: DeviceRequest['kind']): string => `${kind} memory of ${workOf(spec)}`;

const fileIdentity = (file: FileRef): string => ('path' in file ? file.path : file.fileId);

const digest = (words: readonly string[]): string => createHash('sha256').update(words.join('\0')).digest('hex').slice(0, 32);
