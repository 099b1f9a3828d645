import { useState } from 'react';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useConnected } from '../../ui/use-connected.ts';
import { useTask } from '../../ui/use-task.ts';
import { useWords } from '../../words.tsx';
import { Field } from '../run/field.tsx';
import { InlineForm } from './inline-form.tsx';

/** Takes a device out of work and gives it back. */
export const DrainControl = ({ device }: { device: DeviceState }) => {
  const words = useWords();
  const { actions } = useParts();
  const isConnected = useConnected();
  const [isOpen, setOpen] = useState(false);
  const [note, setNote] = useState('');
  const task = useTask<Outcome>();
  const drain = async () => {
    if (await task.run(() => actions.drain(device.id, note))) return;
    setOpen(false);
    setNote('');
  };
  // One that is being measured gets no work either, and nobody has to give it any again.
  if (device.state === 'drained' && device.reason?.code !== 'device-measuring') {
    return (
      <div className="drain">
        {task.outcome && (
          <p className="refused" role="alert">
            {words.problem(task.outcome)}
          </p>
        )}
        <button
          type="button"
          className="btn"
          disabled={!isConnected || task.isBusy}
          onClick={() => void task.run(() => actions.undrain(device.id))}
        >
          <Icon name="run" />
          {words.text('device.undrain')}
        </button>
      </div>
    );
  }
  if (!isOpen) {
    return (
      <button type="button" className="btn" title={words.text('device.drain.does')} onClick={() => setOpen(true)}>
        <Icon name="hold" />
        {words.text('device.drain')}
      </button>
    );
  }
  return (
    <InlineForm
      label={words.text('device.drain')}
      submit={words.text('device.drain')}
      isBusy={task.isBusy}
      outcome={task.outcome}
      onSubmit={() => void drain()}
      onCancel={() => setOpen(false)}
    >
      <Field label={words.text('device.drain.does')} value={note} placeholder={words.text('device.note')} onChange={setNote} hasFocus />
    </InlineForm>
  );
};
