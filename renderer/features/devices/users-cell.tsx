import { Link } from 'wouter';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { groupColour } from '../../ui/group-colour.ts';
import { StateMark } from '../../ui/state-mark.tsx';
import { useWords, type Words } from '../../words.tsx';
import { whyNot, whyNotInShort } from './device-words.ts';

/** Why a device takes no work, whose jobs run there and what others hold, in as many lines as the row has. */
export const UsersCell = ({ device, lines }: { device: DeviceState; lines: number }) => {
  const words = useWords();
  const why = whyNot(device, words);
  const left = why === undefined ? lines : lines - 2;
  return (
    <ul className="users">
      {why !== undefined && (
        <li className="why" title={why} style={{ WebkitLineClamp: Math.max(1, Math.min(3, lines)) }}>
          <StateMark mark={device.state === 'drained' ? 'held' : 'failed'} title={words.text(`deviceState.${device.state}`)} />{' '}
          {lines < 4 ? whyNotInShort(device, words) : why}
        </li>
      )}
      <Users device={device} lines={left} />
      {why === undefined && device.jobs.length === 0 && device.parent === undefined && foreignOf(device).length === 0 && (
        <li className="dim">{words.text('devices.noJobs')}</li>
      )}
    </ul>
  );
};

const Users = ({ device, lines }: { device: DeviceState; lines: number }) => {
  const words = useWords();
  const foreign = foreignOf(device);
  const foreignBytes = foreign.reduce((sum, { memoryBytes = 0 }) => sum + memoryBytes, 0);
  const jobs = device.jobs.toSorted((one, other) => held(other) - held(one));
  const room = lines - (foreign.length > 0 ? 1 : 0);
  const shown = jobs.length <= room ? jobs : jobs.slice(0, Math.max(0, room - 1));
  return (
    <>
      {shown.map((job) => (
        <li key={job.id}>
          <i className={`sw ${groupColour(job.group)}`} />
          <Link href={`/queue/${job.id}`} title={job.name}>
            {job.name}
          </Link>
          <em>{device.kind === 'cpu' ? coresText(job.cores, words) : held(job) > 0 && words.bytes(held(job))}</em>
        </li>
      ))}
      {jobs.length > shown.length && room > 0 && (
        <li className="dim">
          <i className="sw none" />
          <span>
            {shown.length === 0
              ? words.text('devices.jobs', { count: jobs.length })
              : words.text('memory.more', { count: jobs.length - shown.length })}
          </span>
        </li>
      )}
      {foreign.length > 0 && lines > 0 && (
        <li>
          <i className="sw other" />
          <span>{words.text('devices.foreign', { count: foreign.length })}</span>
          <em>{foreignBytes > 0 && words.bytes(foreignBytes)}</em>
        </li>
      )}
    </>
  );
};

/** A part of a core has no plural of its own. */
const coresText = (cores: number, words: Words): string =>
  Number.isInteger(cores) ? words.text('overview.cores', { count: cores }) : words.text('devices.partCores', { cores });

const foreignOf = ({ processes }: DeviceState) => processes.filter(({ jobId }) => jobId === undefined);

const held = ({ usedBytes, memoryBytes }: DeviceState['jobs'][number]): number => usedBytes ?? memoryBytes ?? 0;
