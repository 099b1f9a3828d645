import { useState } from 'react';
import { Link } from 'wouter';
import type { JobDetail } from '../../../shared/model/job.ts';
import type { Remedy } from '../../../shared/model/plan.ts';
import type { Actions, Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { useConnected } from '../../ui/use-connected.ts';
import { useTask } from '../../ui/use-task.ts';
import { useWords, type Words } from '../../words.tsx';
import { titleOfId } from '../devices/device-words.ts';
import { policyNames } from '../../../shared/model/policy-names.ts';

/** What alone would let a job start now, as buttons that do it; each was tried on a copy of the queue. */
export const Remedies = ({ job, remedies }: { job: JobDetail; remedies: readonly Remedy[] }) => {
  const words = useWords();
  if (remedies.length === 0) return <p className="dim">{words.text('remedy.none')}</p>;
  return (
    <ul className="remedies">
      {remedies.map((remedy, index) => (
        <RemedyLine key={JSON.stringify(remedy)} job={job} remedy={remedy} isFirst={index === 0} />
      ))}
    </ul>
  );
};

const RemedyLine = ({ job, remedy, isFirst }: { job: JobDetail; remedy: Remedy; isFirst: boolean }) => {
  const words = useWords();
  const { actions } = useParts();
  const isConnected = useConnected();
  const [isAsking, setAsking] = useState(false);
  const task = useTask<Outcome>();
  const { title, effect, press } = remedyWords(remedy, words);
  const work = workOf(remedy, job.id, actions);
  const run = () => {
    if (work) void task.run(work);
  };
  const isDangerous = remedy.code === 'cancel-holder';
  return (
    <li>
      <p>
        {title}
        <span>{isAsking ? words.text('remedy.cancelSure') : effect}</span>
        {task.outcome && (
          <span className="refused" role="alert">
            {words.problem(task.outcome)}
          </span>
        )}
      </p>
      {isAsking && (
        <button type="button" className="btn small" onClick={() => setAsking(false)}>
          {words.text('remedy.keep')}
        </button>
      )}
      {work ? (
        <button
          type="button"
          className={`btn small ${(isFirst && !isDangerous) || isAsking ? 'primary' : ''}`}
          disabled={!isConnected || task.isBusy}
          onClick={() => (isDangerous && !isAsking ? setAsking(true) : run())}
        >
          {isAsking ? words.text('remedy.cancelNow') : press}
        </button>
      ) : (
        <Link className="btn small" href={`/run/as/${job.id}`}>
          {press}
        </Link>
      )}
    </li>
  );
};

/** The call that does it; nothing where the job has to be submitted anew. */
const workOf = (remedy: Remedy, id: number, actions: Actions): (() => Promise<Outcome>) | undefined => {
  switch (remedy.code) {
    case 'run-next':
      return () => actions.change('next', [id]);
    case 'resume-queue':
      return actions.resume;
    case 'release':
      return () => actions.change('release', [id]);
    case 'pause-holder':
      return () => actions.change('pause', [remedy.values.job.id]);
    case 'cancel-holder':
      return () => actions.change('cancel', [remedy.values.job.id]);
    case 'other-policy': {
      const policy = policyNames.find((name) => name === remedy.values.policy);
      return policy && (() => actions.setPolicy(policy));
    }
    case 'undrain':
      return () => actions.undrain(remedy.values.device);
    case 'remove-reservation':
      return () => actions.removeReservation(remedy.values.id);
    case 'lift-quota': {
      const { group: name, resource } = remedy.values;
      return () => actions.setGroup({ name, quota: resource === 'cores' ? { cores: null } : { devices: { [resource]: null } } });
    }
    case 'fewer-cores':
    case 'less-memory':
    case 'less-device-memory':
      return undefined;
  }
};

interface RemedyWords {
  title: string;
  effect: string;
  press: string;
}

const remedyWords = (remedy: Remedy, words: Words): RemedyWords => {
  const say = (values: Readonly<Record<string, unknown>> = {}): RemedyWords => ({
    title: words.text(`remedy.${remedy.code}`, values),
    effect: words.text(`remedy.${remedy.code}.effect`, values),
    press: words.text(`remedy.${remedy.code}.press`, values),
  });
  if (remedy.code === 'cancel-holder' || remedy.code === 'pause-holder') return say({ job: remedy.values.job.name });
  if (remedy.code === 'undrain') return say({ device: titleOfId(remedy.values.device, words) });
  if (remedy.code === 'other-policy') {
    const policy = policyNames.find((name) => name === remedy.values.policy);
    return say({ policy: policy ? words.text(`policy.${policy}`) : remedy.values.policy });
  }
  return say(remedy.values);
};
