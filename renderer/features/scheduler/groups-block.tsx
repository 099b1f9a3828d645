import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { useParts } from '../../parts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useWords } from '../../words.tsx';
import { GroupForm } from './group-form.tsx';
import { GroupLine } from './group-line.tsx';
import { duesOf } from './group-shares.ts';
import { quotaKinds } from './quota.ts';

/** Whose work it is: what each group has had of what is due to it, and what it may have. Weights and limits are changed in place. */
export const GroupsBlock = ({ devices }: { devices: readonly DeviceState[] }) => {
  const words = useWords();
  const { groups: store, status } = useParts();
  const { groups, problem } = useStore(store);
  const policy = useStore(status, (state) => state.status?.policy);
  const [isAdding, setAdding] = useState(false);
  useEffect(() => store.watch(), [store]);
  const dues = duesOf(groups ?? []);
  const most = Math.max(1, ...(groups ?? []).map(({ name, sharePercent }) => Math.max(sharePercent, dues.get(name)?.duePercent ?? 0)));
  const kinds = quotaKinds.filter((kind) => devices.some((device) => device.kind === kind));
  return (
    <section className="block groups" aria-label={words.text('groups.title')}>
      <div className="bh">
        <h2>{words.text('groups.title')}</h2>
        <span className="n">{groups && words.number(groups.length)}</span>
        <span className="grow" />
        <button type="button" className="lnk" disabled={isAdding} onClick={() => setAdding(true)}>
          <Icon name="plus" />
          {words.text('groups.add')}
        </button>
      </div>
      {isAdding && <GroupForm known={groups ?? []} onClose={() => setAdding(false)} />}
      <div className="group-grid group-head" aria-hidden="true">
        <span>{words.text('column.group')}</span>
        <span>{words.text('groups.weight')}</span>
        <span>{words.text('groups.share')}</span>
        <span className="num">{words.text('groups.hadOfDue')}</span>
      </div>
      <ol className="group-list">
        {groups?.map((group) => (
          <GroupLine key={group.name} group={group} due={dues.get(group.name)} mostPercent={most} kinds={kinds} />
        ))}
      </ol>
      {problem && <p className="refused">{words.problem(problem)}</p>}
      {groups?.length === 0 && <p className="group-none">{words.text('groups.none')}</p>}
      <p className="block-foot">
        <span title={words.text(policy === 'fair' ? 'groups.counted' : 'groups.notCounted')}>
          {words.text(policy === 'fair' ? 'groups.counted' : 'groups.notCounted')}
        </span>
      </p>
    </section>
  );
};
