import type { Topology } from '../../../../shared/model/device.ts';
import { parseCoreList } from './core-list.ts';
import type { SysView } from './temperature.ts';

/** How the cores hang together, from sysfs; what it does not tell is absent, and undefined when it tells nothing. */
export const readTopology = (sys: SysView, coreIds: readonly number[]): Topology | undefined => {
  const cores = coreIds.map((id) => readCore(sys, id));
  const sockets = new Set(cores.flatMap(({ socket }) => socket ?? [])).size;
  const numaNodes = readNodes(sys, coreIds);
  // Of two kinds of core one may have one thread each, the other two.
  const threads = cores.flatMap(({ siblings }) => siblings ?? []);
  const topology: Topology = {
    ...(sockets === 0 ? {} : { sockets }),
    ...(numaNodes.length === 0 ? {} : { numaNodes }),
    ...(threads.length === 0 ? {} : { threadsPerCore: Math.max(...threads) }),
    ...(readNamedKinds(sys, coreIds) ?? kindsBySpeed(cores)),
  };
  return Object.keys(topology).length === 0 ? undefined : topology;
};

interface Core {
  readonly id: number;
  readonly socket: number | undefined;
  /** Threads of its core that are switched on, itself among them. */
  readonly siblings: number | undefined;
  readonly speed: number | undefined;
}

const readCore = ({ read }: SysView, id: number): Core => {
  const folder = `devices/system/cpu/cpu${id}`;
  const number = (file: string): number | undefined => {
    const text = read(`${folder}/${file}`)?.trim() ?? '';
    return /^\d+$/.test(text) ? Number(text) : undefined;
  };
  return {
    id,
    // -1 where the firmware does not tell.
    socket: number('topology/physical_package_id'),
    siblings: parseCoreList(read(`${folder}/topology/thread_siblings_list`))?.length,
    speed: number('cpu_capacity') ?? number('cpufreq/cpuinfo_max_freq'),
  };
};

/** Nodes of memory alone have no cores and are left out. */
const readNodes = ({ list, read }: SysView, coreIds: readonly number[]): NonNullable<Topology['numaNodes']> =>
  list('devices/system/node')
    .flatMap((name) => {
      const node = /^node(\d+)$/.exec(name)?.[1];
      const own = parseCoreList(read(`devices/system/node/${name}/cpulist`))?.filter((id) => coreIds.includes(id)) ?? [];
      return node === undefined || own.length === 0 ? [] : [{ node: Number(node), coreIds: own }];
    })
    .sort((one, other) => one.node - other.node);

type Kinds = Pick<Topology, 'performanceCoreIds' | 'efficiencyCoreIds'>;

/** Intel's processors with two kinds of core name them. */
const readNamedKinds = ({ read }: SysView, coreIds: readonly number[]): Kinds | undefined => {
  const own = (path: string): number[] => parseCoreList(read(path))?.filter((id) => coreIds.includes(id)) ?? [];
  return bothKinds(own('devices/cpu_core/cpus'), own('devices/cpu_atom/cpus'));
};

/**
 * Others tell by what a core can do: its capacity on ARM, else its highest frequency. Cores of one kind differ too, for each chip's best
 * cores may run up to a tenth faster; a core of another kind is slower by a third.
 */
const slowerKind = 0.75;

const kindsBySpeed = (cores: readonly Core[]): Kinds | undefined => {
  const fastest = Math.max(...cores.map(({ speed }) => speed ?? NaN));
  // One core without a figure makes the comparison void.
  if (!(fastest > 0)) return undefined;
  const isSlower = ({ speed = 0 }: Core): boolean => speed < fastest * slowerKind;
  return bothKinds(
    cores.filter((core) => !isSlower(core)).map(({ id }) => id),
    cores.filter(isSlower).map(({ id }) => id),
  );
};

const bothKinds = (performanceCoreIds: number[], efficiencyCoreIds: number[]): Kinds | undefined =>
  performanceCoreIds.length === 0 || efficiencyCoreIds.length === 0 ? undefined : { performanceCoreIds, efficiencyCoreIds };
