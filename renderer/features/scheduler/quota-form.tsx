import { useState } from 'react';
import type { GroupState } from '../../../shared/contract/scheduler.ts';
import type { Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useWords } from '../../words.tsx';
import { InlineForm } from '../devices/inline-form.tsx';
import { Field } from '../run/field.tsx';
import { quotaOf, readLimit, textsOf, type QuotaKind } from './quota.ts';

interface QuotaFormProps {
  group: GroupState;
  kinds: readonly QuotaKind[];
  onClose: () => void;
}

/** The most that a group may hold at once, in place. */
export const QuotaForm = ({ group, kinds, onClose }: QuotaFormProps) => {
  const words = useWords();
  const { actions, groups } = useParts();
  const [texts, setTexts] = useState(textsOf(group.quota));
  const task = useTask<Outcome>();
  const quota = quotaOf(texts, kinds);
  const save = async () => {
    if (!quota || (await task.run(() => actions.setGroup({ name: group.name, quota })))) return;
    await groups.refresh();
    onClose();
  };
  const field = (name: 'cores' | QuotaKind, hasFocus: boolean) => (
    <Field
      key={name}
      label={name === 'cores' ? words.text('field.cores') : words.text(`kind.${name}`)}
      value={texts[name]}
      placeholder={words.text('groups.noLimit')}
      problem={
        readLimit(name, texts[name]).kind === 'wrong' ? words.text(name === 'cores' ? 'groups.coresWrong' : 'groups.countWrong') : undefined
      }
      hasFocus={hasFocus}
      onChange={(text) => setTexts({ ...texts, [name]: text })}
    />
  );
  return (
    <InlineForm
      label={words.text('groups.limitTitle', { group: group.name })}
      submit={words.text('device.save')}
      isBusy={task.isBusy}
      outcome={task.outcome}
      missing={quota ? undefined : words.text('run.needsRight')}
      onSubmit={() => void save()}
      onCancel={onClose}
    >
      <p className="dim">{words.text('groups.limitDoes')}</p>
      <div className="limit-fields">
        {field('cores', true)}
        {kinds.map((kind) => field(kind, false))}
      </div>
    </InlineForm>
  );
};
