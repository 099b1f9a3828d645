import { useState } from 'react';
import type { GroupState } from '../../../shared/contract/scheduler.ts';
import type { Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useWords } from '../../words.tsx';
import { InlineForm } from '../devices/inline-form.tsx';
import { Field } from '../run/field.tsx';
import { parseNumber } from '../run/quantities.ts';

/** Names a group before anybody has sent a job for it. */
export const GroupForm = ({ known, onClose }: { known: readonly GroupState[]; onClose: () => void }) => {
  const words = useWords();
  const { actions, groups } = useParts();
  const [name, setName] = useState('');
  const [weight, setWeight] = useState('1');
  const task = useTask<Outcome>();
  const typed = parseNumber(weight, 0, 1_000_000, false);
  const isKnown = known.some((group) => group.name === name.trim());
  const missing = missingWord(name, isKnown, typed.kind === 'value');
  const add = async () => {
    if (typed.kind !== 'value') return;
    if (await task.run(() => actions.setGroup({ name: name.trim(), weight: typed.value }))) return;
    await groups.refresh();
    onClose();
  };
  return (
    <InlineForm
      label={words.text('groups.add')}
      submit={words.text('groups.add')}
      isBusy={task.isBusy}
      outcome={task.outcome}
      missing={missing && words.text(missing)}
      onSubmit={() => void add()}
      onCancel={onClose}
    >
      <div className="limit-fields">
        <Field label={words.text('field.name')} value={name} placeholder={words.text('groups.nameHint')} onChange={setName} hasFocus />
        <Field label={words.text('groups.weight')} value={weight} onChange={setWeight} />
      </div>
    </InlineForm>
  );
};

const missingWord = (name: string, isKnown: boolean, isWeight: boolean) => {
  if (name.trim() === '') return 'groups.needsName';
  if (isKnown) return 'groups.nameTaken';
  return isWeight ? undefined : 'groups.weightWrong';
};
