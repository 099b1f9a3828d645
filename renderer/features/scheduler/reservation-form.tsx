import { useState } from 'react';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { Reservation } from '../../../shared/contract/scheduler.ts';
import type { Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useWords } from '../../words.tsx';
import { InlineForm } from '../devices/inline-form.tsx';
import { Choice } from '../run/choice.tsx';
import { ChosenDevices } from '../run/chosen-devices.tsx';
import { Field } from '../run/field.tsx';
import { parseBytes, parseNumber, type Typed } from '../run/quantities.ts';
import { reservationTimes } from './reservation-times.ts';

const repeats = ['never', 'daily', 'weekdays', 'weekends', 'weekly'] as const;

/** For whom, what, when and how often. */
export const ReservationForm = ({ devices, onClose }: { devices: readonly DeviceState[]; onClose: () => void }) => {
  const words = useWords();
  const { actions, reservations } = useParts();
  const [texts, setTexts] = useState({ group: '', cores: '', memory: '', devices: '', deviceMemory: '', from: '', to: '' });
  const [endsRunning, setEndsRunning] = useState(false);
  const [repeat, setRepeat] = useState<Reservation['repeats']>('never');
  const task = useTask<Outcome>();
  const set = (change: Partial<typeof texts>) => setTexts({ ...texts, ...change });
  const cores = parseNumber(texts.cores, 0.001, 4096, false);
  const chosen = texts.devices.split(/[\s,]+/).filter(Boolean);
  const memory = parseBytes(texts.memory);
  const deviceMemory = chosen.length > 0 ? parseBytes(texts.deviceMemory) : empty;
  const missing = missingWord(texts, { cores, memory, deviceMemory }, chosen.length > 0);
  const add = async () => {
    // Now is when it is sent.
    const times = reservationTimes(texts.from, texts.to);
    if (!times) return;
    const what = {
      devices: chosen,
      ...(cores.kind === 'value' && { cores: cores.value }),
      ...(memory.kind === 'value' && { memoryBytes: memory.value }),
      ...(deviceMemory.kind === 'value' && { deviceMemoryBytes: deviceMemory.value }),
    };
    const asked = { group: texts.group.trim(), ...what, ...times, repeats: repeat, endsRunning };
    if (await task.run(() => actions.addReservation(asked))) return;
    await reservations.refresh();
    onClose();
  };
  return (
    <InlineForm
      label={words.text('reservations.add')}
      submit={words.text('reservations.reserve')}
      isBusy={task.isBusy}
      outcome={task.outcome}
      missing={missing && words.text(missing)}
      onSubmit={() => void add()}
      onCancel={onClose}
    >
      <div className="reservation-fields">
        <Field
          label={words.text('field.group')}
          value={texts.group}
          placeholder={words.text('groups.nameHint')}
          onChange={(group) => set({ group })}
          hasFocus
        />
        <Field
          label={words.text('field.cores')}
          value={texts.cores}
          placeholder={words.text('reservations.coresHint')}
          onChange={(value) => set({ cores: value })}
        />
        <Field
          label={words.text('reservations.memory')}
          value={texts.memory}
          placeholder={words.text('reservations.memoryHint')}
          onChange={(value) => set({ memory: value })}
        />
        <Field
          label={words.text('reservations.from')}
          value={texts.from}
          placeholder={words.text('reservations.fromHint')}
          onChange={(from) => set({ from })}
        />
        <Field
          label={words.text('reservations.to')}
          value={texts.to}
          placeholder={words.text('reservations.toHint')}
          onChange={(to) => set({ to })}
        />
        <Choice
          label={words.text('reservations.repeats')}
          value={repeat}
          options={repeats.map((name) => ({ name, text: words.text(`repeats.${name}`) }))}
          onChange={setRepeat}
        />
        <ChosenDevices
          label={words.text('reservations.devices')}
          ofNone={words.text('reservations.noDevices')}
          devices={devices}
          offered={devices.filter(({ kind, parent }) => kind !== 'cpu' || parent !== undefined)}
          chosen={texts.devices}
          onChange={(value) => set({ devices: value })}
        />
        {chosen.length > 0 && (
          <Field
            label={words.text('reservations.deviceMemory')}
            value={texts.deviceMemory}
            placeholder={words.text('reservations.deviceMemoryHint')}
            onChange={(value) => set({ deviceMemory: value })}
          />
        )}
        <label className="check">
          <input type="checkbox" checked={endsRunning} onChange={() => setEndsRunning(!endsRunning)} />{' '}
          {words.text('reservations.endRunning')}
        </label>
      </div>
    </InlineForm>
  );
};

const empty: Typed<number> = { kind: 'empty' };

const missingWord = (
  texts: { group: string; from: string; to: string },
  { cores, memory, deviceMemory }: Record<'cores' | 'memory' | 'deviceMemory', Typed<number>>,
  hasDevices: boolean,
) => {
  if (texts.group.trim() === '') return 'reservations.needsGroup';
  if (cores.kind === 'wrong') return 'groups.coresWrong';
  if (memory.kind === 'wrong' || deviceMemory.kind === 'wrong') return 'reservations.memoryWrong';
  if (cores.kind === 'empty' && memory.kind === 'empty' && !hasDevices) return 'reservations.needsWhat';
  return reservationTimes(texts.from, texts.to) ? undefined : 'reservations.needsTimes';
};
