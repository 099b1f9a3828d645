import { useState, type CSSProperties } from 'react';
import type { GroupState } from '../../../shared/contract/scheduler.ts';
import type { Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { groupColour } from '../../ui/group-colour.ts';
import { useConnected } from '../../ui/use-connected.ts';
import { useTask } from '../../ui/use-task.ts';
import { useWords, type Words } from '../../words.tsx';
import { depthOf, leafOf, type GroupDue } from './group-shares.ts';
import { QuotaForm } from './quota-form.tsx';
import { quotaKinds, type QuotaKind } from './quota.ts';
import { WeightField } from './weight-field.tsx';

interface GroupLineProps {
  group: GroupState;
  due: GroupDue | undefined;
  /** What the bars of all groups are drawn to. */
  mostPercent: number;
  /** Kinds of device that this machine has. */
  kinds: readonly QuotaKind[];
}

/** One group: its weight, what it has had of what is due to it, its limits, who waits. */
export const GroupLine = ({ group, due, mostPercent, kinds }: GroupLineProps) => {
  const words = useWords();
  const { actions, groups } = useParts();
  const isConnected = useConnected();
  const [isOpen, setOpen] = useState(false);
  const task = useTask<Outcome>();
  const setWeight = async (weight: number) => {
    await task.run(() => actions.setGroup({ name: group.name, weight }));
    await groups.refresh();
  };
  const part = (percent: number) => `${Math.min(100, (percent / mostPercent) * 100)}%`;
  const duePercent = due?.duePercent ?? 0;
  return (
    <li aria-label={group.name}>
      <div className="group-grid">
        <p className="group-name" title={group.name} style={{ '--depth': depthOf(group.name) } as CSSProperties}>
          <i className={`sw ${groupColour(group.name)}`} />
          {leafOf(group.name)}
        </p>
        <WeightField name={group.name} weight={group.weight} isEnabled={isConnected} onChange={(weight) => void setWeight(weight)} />
        <span className="group-share" role="img" aria-label={words.text('groups.hadOf', { had: group.sharePercent, due: duePercent })}>
          <i className={groupColour(group.name)} style={{ width: part(group.sharePercent) }} />
          <s style={{ left: part(duePercent) }} />
        </span>
        <span className="num had">
          <b>{words.number(Math.round(group.sharePercent))}</b> {words.text('groups.ofDue', { due: duePercent })}
        </span>
        <p className="group-verdict">{verdict(group, due, words)}</p>
        <span className="num group-limit">
          <button
            type="button"
            className="lnk"
            aria-expanded={isOpen}
            aria-label={words.text('groups.limitOf', { group: group.name, limit: limitText(group, words) })}
            onClick={() => setOpen(!isOpen)}
          >
            {limitText(group, words)}
          </button>
        </span>
      </div>
      {task.outcome && (
        <p className="refused" role="alert">
          {words.problem(task.outcome)}
        </p>
      )}
      {isOpen && <QuotaForm group={group} kinds={kinds} onClose={() => setOpen(false)} />}
    </li>
  );
};

/** Less than this is not worth a word. */
const fewPoints = 1;

const verdict = (group: GroupState, due: GroupDue | undefined, words: Words): string => {
  const counts = words.text('groups.counts', { running: group.running, waiting: group.waiting });
  const points = due?.overPoints ?? 0;
  if (Math.abs(points) < fewPoints) return words.text('groups.even', { counts });
  return words.text(points > 0 ? 'groups.over' : 'groups.under', { counts, points: Math.round(Math.abs(points)) });
};

const limitText = ({ quota }: GroupState, words: Words): string => {
  const parts = [
    ...(quota.cores === undefined ? [] : [words.text('groups.limitCores', { count: quota.cores })]),
    ...quotaKinds.flatMap((kind) => {
      const count = quota.devices?.[kind];
      return count === undefined ? [] : [words.text('groups.limitDevices', { count, kind })];
    }),
  ];
  return parts.length === 0 ? words.text('groups.noLimit') : parts.join(', ');
};
