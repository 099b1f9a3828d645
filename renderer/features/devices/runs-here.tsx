import { Link } from 'wouter';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { groupColour } from '../../ui/group-colour.ts';
import { useWords } from '../../words.tsx';

/** The jobs that have something of a device, and what. */
export const RunsHere = ({ device }: { device: DeviceState }) => {
  const words = useWords();
  const { granted, cores } = device;
  return (
    <section className="block">
      <div className="bh">
        <h2>{words.text('devices.runsHere')}</h2>
        <span className="n">
          {cores === undefined
            ? device.memory && words.text('overview.grantedBytes', { bytes: granted.memoryBytes })
            : words.text('devices.granted', { cores: granted.cores, of: cores, bytes: granted.memoryBytes })}
        </span>
      </div>
      {device.jobs.length === 0 ? (
        <p className="dim">{words.text('devices.nothingRuns')}</p>
      ) : (
        <table className="t here">
          <thead>
            <tr>
              <th>{words.text('column.job')}</th>
              <th>{words.text('column.group')}</th>
              {cores !== undefined && <th className="num c-cores">{words.text('column.cores')}</th>}
              <th className="num c-memory">{words.text('devices.memoryGranted')}</th>
              <th className="num c-memory">{words.text('devices.memoryUsed')}</th>
            </tr>
          </thead>
          <tbody>
            {device.jobs.map((job) => (
              <tr key={job.id}>
                <td className="name">
                  <Link href={`/queue/${job.id}`} title={job.name}>
                    {job.name}
                  </Link>
                </td>
                <td>
                  <i className={`sw ${groupColour(job.group)}`} />
                  {job.group}
                </td>
                {cores !== undefined && <td className="num">{words.number(job.cores, 1)}</td>}
                <td className="num">
                  {job.memoryBytes === undefined ? wholeOf(device, words.text('devices.whole')) : words.bytes(job.memoryBytes)}
                </td>
                <td className="num">{job.usedBytes === undefined ? '–' : words.bytes(job.usedBytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
};

/** A device beside the processor that was granted without an amount is the job's alone. */
const wholeOf = ({ kind }: DeviceState, whole: string): string => (kind === 'cpu' ? '–' : whole);
