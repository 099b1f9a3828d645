/** What a driver tells of one open file of a device, in /proc/PID/fdinfo/N. */
export interface DrmUsage {
  readonly driver: string;
  readonly pci?: string;
  /** The same for all copies of one open file, also in other processes. */
  readonly clientId?: string;
  /** Memory on the device. */
  readonly memoryBytes?: number;
  readonly engines: ReadonlyMap<string, EngineTime>;
}

/** Work since the file was opened. A driver counts time, or cycles beside all the cycles that have passed. */
export type EngineTime = { readonly capacity: number } & (
  { readonly kind: 'time'; readonly busyNs: number } | { readonly kind: 'cycles'; readonly busy: number; readonly total: number }
);

/** The keys of the kernel's "DRM client usage stats"; undefined for a file of any other kind. */
export const parseDrmUsage = (fdinfo: string): DrmUsage | undefined => {
  const fields = new Map(
    fdinfo.split('\n').flatMap((line) => {
      const [, key, value] = /^drm-([^\s:]+):\s*(.*?)\s*$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );
  const driver = fields.get('driver');
  if (!driver) return undefined;
  const pci = fields.get('pdev')?.toLowerCase();
  const clientId = fields.get('client-id');
  const memoryBytes = deviceMemory(fields);
  return {
    driver,
    ...(pci ? { pci } : {}),
    ...(clientId ? { clientId } : {}),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    engines: parseEngines(fields),
  };
};

/** Regions on the device: vram of amdgpu, vram0 of xe, local0 of i915, memory of an NPU. Others are the machine's memory. */
const onDevice = /^(resident|memory|total)-((?:vram|local|memory)\d*)$/;

/** Of each region what is there now, where the driver tells it; older drivers tell `memory-`, and some only what was asked for. */
const deviceMemory = (fields: ReadonlyMap<string, string>): number | undefined => {
  const regions = new Set([...fields.keys()].flatMap((key) => onDevice.exec(key)?.[2] ?? []));
  const sizes = [...regions].flatMap((region) =>
    ['resident', 'memory', 'total'].flatMap((kind) => parseBytes(fields.get(`${kind}-${region}`)) ?? []).slice(0, 1),
  );
  return sizes.length === 0 ? undefined : sizes.reduce((sum, size) => sum + size, 0);
};

const units: Readonly<Record<string, number>> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

const parseBytes = (text: string | undefined): number | undefined => {
  const [, digits, unit = ''] = /^(\d+)(?:\s+([KMG]iB))?$/.exec(text ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits) * (units[unit] ?? 1);
};

const parseEngines = (fields: ReadonlyMap<string, string>): Map<string, EngineTime> =>
  new Map(
    [...fields].flatMap(([key, value]): [string, EngineTime][] => {
      const [, kind, name = ''] = /^(engine|cycles)-((?!capacity-).+)$/.exec(key) ?? [];
      const capacity = Math.max(1, parseCount(fields.get(`engine-capacity-${name}`)) ?? 1);
      const busy = parseCount(value);
      if (kind === undefined || busy === undefined) return [];
      if (kind === 'engine') return [[name, { kind: 'time', busyNs: busy, capacity }]];
      const total = parseCount(fields.get(`total-cycles-${name}`));
      return total === undefined ? [] : [[name, { kind: 'cycles', busy, total, capacity }]];
    }),
  );

const parseCount = (text: string | undefined): number | undefined => {
  const digits = /^(\d+)(?:\s+ns)?$/.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
};
