import { useState } from 'react';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useWords } from '../../words.tsx';
import { Field } from '../run/field.tsx';
import { parseBytes, parseNumber, type Typed } from '../run/quantities.ts';
import { InlineForm } from './inline-form.tsx';
import { MemoryView } from './memory-view.tsx';

/** Whose the memory is, what is kept of it, and how often over it may be granted. */
export const DeviceMemory = ({ device }: { device: DeviceState }) => {
  const words = useWords();
  const { actions } = useParts();
  const { memory } = device;
  if (!memory) return null;
  return (
    <section className="block">
      <div className="bh">
        <h2>{words.text('chart.memory')}</h2>
        <span className="grow" />
        <span className="dim">{words.bytes(memory.totalBytes)}</span>
      </div>
      <MemoryView device={device} most={8} />
      {device.parent === undefined && (
        <div className="settings">
          <Setting
            name={words.text('device.reserve')}
            shown={words.bytes(device.reserveBytes)}
            hint={words.text('device.reserve.hint')}
            parse={(text) => (/^\s*0\s*$/.test(text) ? { kind: 'value', value: 0 } : parseBytes(text))}
            wrong={words.text('option.memory.wrong')}
            onSave={(bytes) => actions.reserve(device.id, bytes)}
          />
          <Setting
            name={words.text('device.overcommit')}
            shown={words.text('device.times', { ratio: words.fixed(device.overcommit, 1) })}
            hint={words.text('device.overcommit.hint')}
            parse={(text) => parseNumber(text, 1, 10, false)}
            wrong={words.text('device.overcommit.wrong')}
            onSave={(ratio) => actions.overcommit(device.id, ratio)}
          />
        </div>
      )}
    </section>
  );
};

interface SettingProps {
  name: string;
  shown: string;
  hint: string;
  parse: (text: string) => Typed<number>;
  wrong: string;
  onSave: (value: number) => Promise<Outcome>;
}

/** A number of a device and the way to change it in place. */
const Setting = ({ name, shown, hint, parse, wrong, onSave }: SettingProps) => {
  const words = useWords();
  const [text, setText] = useState<string>();
  const task = useTask<Outcome>();
  if (text === undefined) {
    return (
      <div className="setting">
        <span>{name}</span>
        <b>{shown}</b>
        <button type="button" className="lnk" aria-label={words.text('device.changeWhat', { what: name })} onClick={() => setText('')}>
          {words.text('device.change')}
        </button>
      </div>
    );
  }
  const typed = parse(text);
  const save = async () => {
    if (typed.kind !== 'value' || (await task.run(() => onSave(typed.value)))) return;
    setText(undefined);
  };
  return (
    <InlineForm
      label={name}
      submit={words.text('device.save')}
      isBusy={task.isBusy}
      outcome={task.outcome}
      missing={typed.kind === 'value' ? undefined : ''}
      onSubmit={() => void save()}
      onCancel={() => setText(undefined)}
    >
      <Field
        label={`${name}. ${hint}`}
        value={text}
        placeholder={shown}
        problem={typed.kind === 'wrong' ? wrong : undefined}
        onChange={setText}
        hasFocus
      />
    </InlineForm>
  );
};
