import type { ReactNode } from 'react';
import { Link } from 'wouter';

interface JobsListProps {
  jobs: readonly { id: number; name: string }[];
  /** What is left out of the list. */
  more?: ReactNode;
}

/** Other jobs, so that each can be opened. */
export const JobsList = ({ jobs, more }: JobsListProps) => (
  <ul className="jobs-list">
    {jobs.map(({ id, name }) => (
      <li key={id}>
        <Link className="lnk" href={`/queue/${id}`}>
          {name}
        </Link>
        <span className="mono dim">{id}</span>
      </li>
    ))}
    {more && <li className="dim">{more}</li>}
  </ul>
);
