import { Link } from 'wouter';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { Problem } from '../../connection.ts';
import { useParts } from '../../parts.tsx';
import { groupColour } from '../../ui/group-colour.ts';
import { useConnected } from '../../ui/use-connected.ts';
import { useTask } from '../../ui/use-task.ts';
import { useWords } from '../../words.tsx';

/** Every program that uses a device: whose it is, and what it holds. */
export const ProcessTable = ({ device: { processes, jobs, state } }: { device: DeviceState }) => {
  const words = useWords();
  const jobOf = new Map(jobs.map((job) => [job.id, job]));
  const sum = (isOurs: boolean) =>
    processes.reduce((bytes, { jobId, memoryBytes = 0 }) => bytes + ((jobId !== undefined) === isOurs ? memoryBytes : 0), 0);
  return (
    <section className="block">
      <div className="bh">
        <h2>{words.text('processes.title')}</h2>
        {processes.length > 0 && <span className="n">{words.text('processes.sums', { ours: sum(true), others: sum(false) })}</span>}
      </div>
      {processes.length === 0 ? (
        <p className="dim">{words.text(state === 'unhealthy' ? 'processes.unknown' : 'processes.none')}</p>
      ) : (
        <table className="t processes">
          <thead>
            <tr>
              <th className="c-whose">{words.text('processes.whose')}</th>
              <th>{words.text('processes.program')}</th>
              <th>{words.text('column.job')}</th>
              <th className="num c-bytes">{words.text('column.memory')}</th>
              <th className="num c-pid">{words.text('processes.pid')}</th>
            </tr>
          </thead>
          <tbody>
            {processes.map(({ pid, name, jobId, memoryBytes }) => {
              const job = jobId === undefined ? undefined : jobOf.get(jobId);
              return (
                <tr key={pid}>
                  <td>
                    <i className={`who ${jobId === undefined ? '' : 'ours'}`} />
                    {words.text(jobId === undefined ? 'processes.notOurs' : 'processes.ours')}
                  </td>
                  <td title={name}>{name ?? '–'}</td>
                  <td className="name">
                    {jobId === undefined ? (
                      <Adopt pid={pid} />
                    ) : (
                      <>
                        {job && <i className={`sw ${groupColour(job.group)}`} />}
                        <Link href={`/queue/${jobId}`}>{job?.name ?? words.text('job.label', { id: jobId })}</Link>
                      </>
                    )}
                  </td>
                  <td className="num">{memoryBytes === undefined ? '–' : words.bytes(memoryBytes)}</td>
                  <td className="num mono">{pid}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
};

/** Takes a program of somebody else's into the queue. Until the devices tell whose it is, the row links to its job by number. */
const Adopt = ({ pid }: { pid: number }) => {
  const words = useWords();
  const { actions } = useParts();
  const isConnected = useConnected();
  const task = useTask<{ id: number } | { problem: Problem }>();
  const { outcome } = task;
  if (outcome && 'id' in outcome) return <Link href={`/queue/${outcome.id}`}>{words.text('job.label', { id: outcome.id })}</Link>;
  return (
    <span className="adopt">
      <button
        type="button"
        className="lnk"
        aria-label={words.text('processes.adoptWhat', { pid })}
        title={words.text('processes.adopt.does')}
        disabled={!isConnected || task.isBusy}
        onClick={() => void task.run(() => actions.adopt(pid))}
      >
        {words.text('processes.adopt')}
      </button>
      {outcome && (
        <span className="refused" role="alert">
          {words.problem(outcome.problem)}
        </span>
      )}
    </span>
  );
};
