import type { DeviceProcess, DeviceReading } from '../../../../../shared/model/device.ts';

/**
 * One round of Windows' counters as lines of `kind ⇥ name ⇥ value`: `engine` gives percents of each process on each engine, `memory` bytes
 * of each adapter, `process` bytes of each process on each adapter, `adapter` the name behind an adapter's number (LUID). It ends with
 * the process `parent`, also when that was killed.
 */
export const counterScript = (everyMs: number, parent: number): string =>
  `
$ErrorActionPreference = 'SilentlyContinue'
[Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false)
while (Get-Process -Id ${parent}) {
  Get-ChildItem 'HKLM:\\SOFTWARE\\Microsoft\\DirectX' | ForEach-Object { Get-ItemProperty $_.PSPath } |
    Where-Object { $null -ne $_.AdapterLuid } | ForEach-Object { "adapter\`t$($_.AdapterLuid)\`t$($_.Description)" }
  Get-CimInstance Win32_PerfFormattedData_GPUPerformanceCounters_GPUEngine | ForEach-Object { "engine\`t$($_.Name)\`t$($_.UtilizationPercentage)" }
  Get-CimInstance Win32_PerfFormattedData_GPUPerformanceCounters_GPUAdapterMemory | ForEach-Object { "memory\`t$($_.Name)\`t$($_.DedicatedUsage)" }
  Get-CimInstance Win32_PerfFormattedData_GPUPerformanceCounters_GPUProcessMemory | ForEach-Object { "process\`t$($_.Name)\`t$($_.DedicatedUsage)" }
  'end'
  [Console]::Out.Flush()
  Start-Sleep -Milliseconds ${everyMs}
}
`.trim();

export interface AdapterRound {
  readonly name?: string;
  readonly reading: DeviceReading;
  readonly processes: DeviceProcess[];
}

/** All adapters of a round, by number. Names of counters are the same in every language of Windows. */
export const parseRound = (lines: readonly string[]): Map<string, AdapterRound> => {
  const found = lines.flatMap(parseLine);
  const adapters = Map.groupBy(found, ({ adapter }) => adapter);
  return new Map([...adapters].map(([adapter, own]) => [adapter, describeAdapter(own)]));
};

type Line = { readonly adapter: string } & (
  | { readonly kind: 'adapter'; readonly name: string }
  | { readonly kind: 'engine'; readonly engine: string; readonly percent: number }
  | { readonly kind: 'memory'; readonly bytes: number }
  | { readonly kind: 'process'; readonly pid: number; readonly bytes: number }
);

const instance = /^(?:pid_(\d+)_)?luid_0x([\da-f]{8})_0x([\da-f]{8})_phys_(\d+)(?:_eng_(\d+))?/i;

const parseLine = (line: string): Line[] => {
  const [kind, name = '', text = ''] = line.trim().split('\t');
  if (kind === 'adapter') return /^\d+$/.test(name) && text !== '' ? [{ kind, adapter: BigInt(name).toString(16), name: text }] : [];
  const [, pid, high, low, physical, engine] = instance.exec(name) ?? [];
  if (high === undefined || low === undefined || !/^\d+$/.test(text)) return [];
  const adapter = BigInt(`0x${high}${low}`).toString(16);
  if (kind === 'memory') return [{ kind, adapter, bytes: Number(text) }];
  if (kind === 'process' && pid !== undefined && Number(pid) > 0) return [{ kind, adapter, pid: Number(pid), bytes: Number(text) }];
  if (kind === 'engine' && engine !== undefined) return [{ kind, adapter, engine: `${physical}/${engine}`, percent: Number(text) }];
  return [];
};

const describeAdapter = (lines: readonly Line[]): AdapterRound => {
  const engines = new Map<string, number>();
  const memory = new Map<number, number>();
  let name: string | undefined;
  let usedBytes: number | undefined;
  for (const line of lines) {
    if (line.kind === 'adapter') name = line.name;
    else if (line.kind === 'memory') usedBytes = (usedBytes ?? 0) + line.bytes;
    else if (line.kind === 'engine') engines.set(line.engine, (engines.get(line.engine) ?? 0) + line.percent);
    else memory.set(line.pid, (memory.get(line.pid) ?? 0) + line.bytes);
  }
  return {
    ...(name === undefined ? {} : { name }),
    reading: {
      // Processes are measured one after the other, so that their sum may pass the whole.
      ...(engines.size === 0 ? {} : { utilization: Math.min(100, Math.max(...engines.values())) }),
      ...(usedBytes === undefined ? {} : { memoryUsedBytes: usedBytes }),
    },
    processes: [...memory].map(([pid, memoryBytes]) => ({ pid, memoryBytes })).sort((one, other) => other.memoryBytes - one.memoryBytes),
  };
};

/** The adapter of a device's name, the second of a name for the second such device; adapters of earlier starts have no figures. */
export const findAdapter = (round: ReadonlyMap<string, AdapterRound>, name: string, earlier: number): AdapterRound | undefined =>
  [...round.values()].filter((adapter) => adapter.name === name && Object.keys(adapter.reading).length > 0)[earlier];
