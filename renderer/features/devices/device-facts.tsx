import type { DeviceState } from '../../../shared/contract/devices.ts';
import { useWords, type Words } from '../../words.tsx';
import { formatCoreIds } from './core-ids.ts';

/** What a device is, as far as it is known. */
export const DeviceFacts = ({ device }: { device: DeviceState }) => {
  const words = useWords();
  const facts = [
    ...generalFacts(device, words),
    ...measuredFacts(device, words),
    ...topologyFacts(device, words),
    ...clockFacts(device, words),
  ];
  return (
    <section className="block">
      <div className="bh">
        <h2>{words.text('devices.facts')}</h2>
      </div>
      <dl className="kv">
        {facts.map(
          ([name, value, isCode]) =>
            value !== undefined && (
              <div key={name} className="fact">
                <dt>{name}</dt>
                <dd className={isCode ? 'mono' : ''}>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </section>
  );
};

type Fact = readonly [name: string, value: string | undefined, isCode?: true];

const generalFacts = (device: DeviceState, words: Words): Fact[] => [
  [words.text('fact.vendor'), device.vendor],
  [words.text('fact.driver'), device.driver],
  [words.text('fact.runtime'), device.runtime],
  [words.text('chart.memory'), device.memory && words.bytes(device.memory.totalBytes)],
  [words.text('fact.providers'), listed(device.providers)],
  [words.text('fact.id'), device.id, true],
  [words.text('fact.uuid'), device.uuid, true],
  [words.text('fact.pci'), device.pci, true],
  [words.text('fact.numaNode'), device.numaNode === undefined ? undefined : words.number(device.numaNode)],
  [words.text('fact.nodes'), listed(device.nodes), true],
];

const measuredFacts = ({ capability }: DeviceState, words: Words): Fact[] => {
  if (!capability) return [];
  const { gflops, gbPerSecond, threads, measuredAt } = capability;
  const compute = `${words.number(gflops, 1)} GFLOP/s`;
  return [
    [words.text('fact.compute'), threads === undefined ? compute : words.text('fact.withThreads', { figure: compute, threads })],
    [words.text('fact.bandwidth'), `${words.number(gbPerSecond, 1)} GB/s`],
    [words.text('fact.measured'), `${words.day(measuredAt)}, ${words.clock(measuredAt)}`],
  ];
};

const topologyFacts = ({ cores, physicalCores, coreIds, topology }: DeviceState, words: Words): Fact[] => [
  [words.text('fact.grantable'), cores === undefined ? undefined : words.number(cores)],
  [words.text('fact.coreIds'), coreIds && formatCoreIds(coreIds)],
  [words.text('fact.physical'), physicalCores === undefined ? undefined : words.number(physicalCores)],
  [words.text('fact.sockets'), topology?.sockets === undefined ? undefined : words.number(topology.sockets)],
  [words.text('fact.threadsPerCore'), topology?.threadsPerCore === undefined ? undefined : words.number(topology.threadsPerCore)],
  [words.text('fact.performance'), topology?.performanceCoreIds && formatCoreIds(topology.performanceCoreIds)],
  [words.text('fact.efficiency'), topology?.efficiencyCoreIds && formatCoreIds(topology.efficiencyCoreIds)],
  [
    words.text('fact.numa'),
    topology?.numaNodes && topology.numaNodes.length > 1
      ? topology.numaNodes.map(({ node, coreIds: ids }) => `${node}: ${formatCoreIds(ids)}`).join('\n')
      : undefined,
  ],
];

const clockFacts = (device: DeviceState, words: Words): Fact[] => {
  const gigahertz = (mhz: number | undefined) => (mhz === undefined ? undefined : `${words.number(mhz / 1000, 2)} GHz`);
  return [
    [words.text('chart.frequency'), gigahertz(device.frequencyMhz ?? device.sample?.frequencyMhz)],
    [words.text('fact.memoryFrequency'), gigahertz(device.memoryFrequencyMhz)],
    [words.text('fact.powerLimit'), device.powerLimitW === undefined ? undefined : `${words.number(device.powerLimitW)} W`],
    [words.text('fact.fan'), device.fanPercent === undefined ? undefined : words.text('percent', { value: Math.round(device.fanPercent) })],
    [words.text('fact.ecc'), device.eccErrors === undefined ? undefined : words.number(device.eccErrors)],
  ];
};

const listed = (values: readonly string[] | undefined): string | undefined =>
  values === undefined || values.length === 0 ? undefined : values.join(', ');
