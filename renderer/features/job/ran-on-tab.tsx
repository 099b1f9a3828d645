import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { DeviceRequest, JobDetail, Placement, RanOn } from '../../../shared/model/job.ts';
import { Icon } from '../../ui/icon.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { useWords, type Words } from '../../words.tsx';
import { formatCoreIds } from '../devices/core-ids.ts';
import { deviceTitle } from '../devices/device-words.ts';
import { Considered } from './considered.tsx';
import { JobParts } from './job-parts.tsx';
import { isEnded, isStarted } from './job-words.ts';

/** What was asked for, what was granted and what really ran, as far as it is known. */
export const RanOnTab = ({ job }: { job: JobDetail }) => {
  const words = useWords();
  const ran = isEnded(job.state) ? job.state.ranOn : undefined;
  const granted = isStarted(job.state) ? job.state.placement : undefined;
  const peak = ran?.peakMemoryBytes ?? job.memoryBytes;
  const asked = job.spec.resources;
  const fellBackFrom = ran?.fellBackFrom ?? granted?.fellBackFrom;
  return (
    <>
      {ran?.confined !== undefined && (
        <p className={`proof ${ran.confined ? '' : 'open'}`}>
          <Icon name="shield" /> {words.text(ran.confined ? 'ranOn.confined' : 'ranOn.notConfined')}
        </p>
      )}
      {fellBackFrom !== undefined && (
        <p className="proof">
          <StateMark mark="held" /> {fellBackText(fellBackFrom, words)}
        </p>
      )}
      {!ran && !granted && <p className="dim">{words.text('ranOn.notYet')}</p>}
      <JobParts job={job} />
      <table className="t compare">
        <thead>
          <tr>
            <td />
            <th className="num">{words.text('ranOn.asked')}</th>
            <th className="num">{words.text('ranOn.granted')}</th>
            <th className="num">{words.text('ranOn.used')}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{words.text('field.cores')}</th>
            <td className="num">{words.number(asked.cores, 1)}</td>
            <td className="num">{granted || ran ? words.number((granted ?? ran)?.cores ?? 0, 1) : '–'}</td>
            <td className="num">–</td>
          </tr>
          <tr>
            <th scope="row">{words.text('field.memory')}</th>
            <td className="num">{asked.memoryBytes === undefined ? '–' : words.bytes(asked.memoryBytes)}</td>
            <td className="num">{granted || ran ? words.bytes(granted?.memoryBytes ?? job.demand.memoryBytes) : '–'}</td>
            <td className="num">{peak === undefined ? '–' : words.bytes(peak)}</td>
          </tr>
        </tbody>
      </table>
      <dl className="kv">
        <Fact name={words.text('ranOn.askedDevice')}>{askedDevice(asked.device, words)}</Fact>
        <Fact name={words.text('field.on')}>{asked.on?.join(', ')}</Fact>
        <Fact name={words.text('field.notOn')}>{asked.notOn?.join(', ')}</Fact>
        <Fact name={words.text('field.prefer')}>{asked.prefer && words.text(`prefer.${asked.prefer}`)}</Fact>
        <Fact name={words.text('ranOn.devices')}>
          {ran?.devices ? <Seen devices={ran.devices} /> : granted?.accelerators && <Granted devices={granted.accelerators} />}
        </Fact>
        <Fact name={words.text('ranOn.processor')}>{(ran ?? granted)?.deviceName}</Fact>
        <Fact name={words.text('ranOn.cores')}>{granted?.coreIds && formatCoreIds(granted.coreIds)}</Fact>
        <Fact name={words.text('field.provider')}>{ran?.provider && <span className="mono">{ran.provider}</span>}</Fact>
        <Fact name={words.text('ranOn.nodes')}>
          {ran?.nodes?.map(({ provider, count }) => `${provider}: ${words.number(count)}`).join('\n')}
        </Fact>
        <Fact name={words.text('ranOn.exit')}>
          {job.runtime === 'process' && job.state.kind === 'succeeded' && words.text('ranOn.exitUnknown')}
        </Fact>
        <Fact name={words.text('ranOn.deviceMemory')}>{words.deviceMemory(job.demand)}</Fact>
        <Fact name={words.text('ranOn.memoryFrom')}>{words.text(`memoryFrom.${job.demand.memoryFrom}`)}</Fact>
      </dl>
      <Considered job={job} />
    </>
  );
};

/** What a job fell back from is a kind that the machine does not have, or a device that could not run it. */
const fellBackText = (from: string, words: Words): string => {
  if (isAcceleratorKind(from)) return words.text('ranOn.fellBack', { kind: from });
  const kind = /^([a-z]+)\d+$/.exec(from)?.[1];
  const device = kind && isAcceleratorKind(kind) ? deviceTitle({ id: from, kind }, words) : from;
  return words.text('ranOn.fellBackDevice', { device });
};

const isAcceleratorKind = (text: string): text is DeviceRequest['kind'] => text === 'gpu' || text === 'npu' || text === 'fpga';

/** Left out whole where there is nothing to say. */
const Fact = ({ name, children }: { name: string; children: ReactNode }) =>
  children ? (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  ) : null;

const askedDevice = (device: JobDetail['spec']['resources']['device'], words: Words): string | undefined => {
  if (!device) return undefined;
  const { kind, count, memoryBytes, learnedMemory } = device;
  if (memoryBytes === undefined && learnedMemory) return words.text('ranOn.askedLearned', { kind, count });
  return memoryBytes === undefined
    ? words.text('ranOn.askedKind', { kind, count })
    : words.text('ranOn.askedPart', { kind, count, bytes: memoryBytes });
};

const Granted = ({ devices }: { devices: NonNullable<Placement['accelerators']> }) => {
  const words = useWords();
  return devices.map(({ device, deviceName, memoryBytes }) => (
    <p key={device}>
      <Link className="lnk" href={`/devices/${device}`} title={deviceName}>
        {device}
      </Link>{' '}
      {memoryBytes === undefined ? words.text('ranOn.alone') : words.text('ranOn.part', { bytes: memoryBytes })}
    </p>
  ));
};

/** What the driver listed of the job while it ran. */
const Seen = ({ devices }: { devices: NonNullable<RanOn['devices']> }) => {
  const words = useWords();
  return devices.map(({ device, deviceName, pids, peakMemoryBytes, energyJ }) => (
    <p key={device}>
      <Link className="lnk" href={`/devices/${device}`} title={deviceName}>
        {device}
      </Link>{' '}
      {[
        peakMemoryBytes === undefined ? undefined : words.text('ranOn.peak', { bytes: peakMemoryBytes }),
        energyJ === undefined ? undefined : words.text('ranOn.energy', { joules: Math.round(energyJ) }),
        pids.length === 0 ? words.text('ranOn.notSeen') : words.text('ranOn.seen', { pids: pids.join(', ') }),
      ]
        .filter((text) => text !== undefined)
        .join(', ')}
    </p>
  ));
};
