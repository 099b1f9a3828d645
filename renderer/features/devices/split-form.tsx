import { useState } from 'react';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { NewShare, Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useWords } from '../../words.tsx';
import { Field } from '../run/field.tsx';
import { parseBytes } from '../run/quantities.ts';
import { coreNodesOf } from './core-cells.ts';
import { CoreGrid } from './core-grid.tsx';
import { formatCoreIds, parseCoreIds } from './core-ids.ts';
import { InlineForm } from './inline-form.tsx';

interface SplitFormProps {
  device: DeviceState;
  shares: readonly DeviceState[];
  onClose: () => void;
}

const nameShape = /^[a-z][a-z0-9-]{0,31}$/;

/** A part of a device as a share: its name, cores chosen in the picture or typed, and memory. */
export const SplitForm = ({ device, shares, onClose }: SplitFormProps) => {
  const words = useWords();
  const { actions } = useParts();
  const task = useTask<Outcome>();
  const [name, setName] = useState('');
  const [cores, setCores] = useState('');
  const [memory, setMemory] = useState('');
  const hasCores = device.kind === 'cpu';
  const coreIds = parseCoreIds(cores);
  const bytes = parseBytes(memory);
  const share = shareFrom(name, coreIds, bytes);
  const chosen = new Set(coreIds.kind === 'value' ? coreIds.value : []);
  const toggle = (core: number) => {
    const next = new Set(chosen);
    if (!next.delete(core)) next.add(core);
    setCores(formatCoreIds([...next], '-'));
  };
  const split = async () => {
    if (share && !(await task.run(() => actions.split(device.id, share)))) onClose();
  };
  const missing = share ? undefined : words.text(nameShape.test(name.trim()) ? 'shares.needsPart' : 'shares.needsName');
  return (
    <InlineForm
      label={words.text('shares.split')}
      submit={words.text('shares.make')}
      isBusy={task.isBusy}
      outcome={task.outcome}
      missing={missing}
      onSubmit={() => void split()}
      onCancel={onClose}
    >
      <Field
        label={words.text('shares.name')}
        value={name}
        placeholder={words.text('shares.name.hint')}
        problem={name.trim() !== '' && !nameShape.test(name.trim()) ? words.text('shares.name.wrong') : undefined}
        onChange={setName}
        hasFocus
      />
      {hasCores && (
        <>
          <Field
            label={words.text('shares.cores')}
            value={cores}
            placeholder="0-3"
            problem={coreIds.kind === 'wrong' ? words.text('shares.cores.wrong') : undefined}
            onChange={setCores}
          />
          <CoreGrid nodes={coreNodesOf(device, undefined, shares)} chosen={chosen} onToggle={toggle} />
        </>
      )}
      {device.memory && (
        <Field
          label={words.text('field.memory')}
          value={memory}
          placeholder={words.text(hasCores ? 'shares.memory.any' : 'shares.memory.hint')}
          problem={bytes.kind === 'wrong' ? words.text('option.memory.wrong') : undefined}
          onChange={setMemory}
        />
      )}
    </InlineForm>
  );
};

/** Nothing while something is missing or cannot be read. */
const shareFrom = (name: string, coreIds: ReturnType<typeof parseCoreIds>, bytes: ReturnType<typeof parseBytes>): NewShare | undefined => {
  const isWrong = coreIds.kind === 'wrong' || bytes.kind === 'wrong' || !nameShape.test(name.trim());
  if (isWrong || (coreIds.kind === 'empty' && bytes.kind === 'empty')) return undefined;
  return {
    name: name.trim(),
    ...(coreIds.kind === 'value' ? { coreIds: coreIds.value } : {}),
    ...(bytes.kind === 'value' ? { memoryBytes: bytes.value } : {}),
  };
};
