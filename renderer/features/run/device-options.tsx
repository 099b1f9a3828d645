import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import { Choice } from './choice.tsx';
import { ChosenDevices } from './chosen-devices.tsx';
import { Field } from './field.tsx';
import { preferences, type OptionTexts } from './job-options.ts';

interface DeviceOptionsProps {
  texts: OptionTexts;
  wrong: readonly (keyof OptionTexts)[];
  onChange: (texts: OptionTexts) => void;
}

/** Which devices a job needs; nothing on a machine whose only device is its processor. */
export const DeviceOptions = ({ texts, wrong, onChange }: DeviceOptionsProps) => {
  const words = useWords();
  const { machine } = useParts();
  const devices = useStore(machine, (state) => state.devices);
  useEffect(() => machine.watch(), [machine]);
  if (!devices || devices.length < 2) return null;
  const kinds = (['gpu', 'npu', 'fpga'] as const).filter(
    (kind) => texts.deviceKind === kind || devices.some((device) => device.kind === kind && device.parent === undefined),
  );
  const set = (change: Partial<OptionTexts>) => onChange({ ...texts, ...change });
  return (
    <>
      {kinds.length > 0 && (
        <Choice
          isWide
          label={words.text('field.deviceKind')}
          value={texts.deviceKind}
          options={[
            { name: '', text: words.text('option.deviceKind.none') },
            ...kinds.map((kind) => ({
              name: kind,
              text: words.text('option.deviceKind.free', countOf(devices, kind, words.text(`kind.${kind}`))),
            })),
          ]}
          onChange={(deviceKind) => set({ deviceKind })}
        />
      )}
      {texts.deviceKind !== '' && (
        <>
          <Field
            label={words.text('field.deviceCount')}
            value={texts.deviceCount}
            placeholder="1"
            problem={wrong.includes('deviceCount') ? words.text('option.deviceCount.wrong') : undefined}
            onChange={(deviceCount) => set({ deviceCount })}
          />
          <Field
            label={words.text('field.deviceMemory')}
            value={texts.deviceMemory}
            placeholder={words.text('option.deviceMemory.hint')}
            problem={wrong.includes('deviceMemory') ? words.text('option.deviceMemory.wrong') : undefined}
            onChange={(deviceMemory) => set({ deviceMemory })}
          />
          <label className="wide">
            <input
              type="checkbox"
              checked={texts.mayFallBack !== ''}
              onChange={(event) => set({ mayFallBack: event.target.checked ? 'yes' : '' })}
            />{' '}
            {words.text('field.mayFallBack')}
          </label>
        </>
      )}
      <Places devices={devices} texts={texts} onChange={set} />
    </>
  );
};

const countOf = (devices: readonly DeviceState[], kind: DeviceState['kind'], name: string) => {
  const ofKind = devices.filter((device) => device.kind === kind && device.parent === undefined);
  return { kind: name, free: ofKind.filter(({ state }) => state === 'ready').length, total: ofKind.length };
};

const wishes = ['on', 'notOn'] as const;
/** What those that are ticked are: the only ones, or ruled out. */
type Wish = (typeof wishes)[number];

interface PlacesProps {
  devices: readonly DeviceState[];
  texts: OptionTexts;
  onChange: (change: Partial<OptionTexts>) => void;
}

/** Which of the devices of the kind that is asked for, and of the shares of the processor; nothing where there is no choice. */
const Places = ({ devices, texts, onChange }: PlacesProps) => {
  const words = useWords();
  const offered = devices.filter(({ kind, parent }) => kind === texts.deviceKind || (kind === 'cpu' && parent !== undefined));
  const [meant, setMeant] = useState<Wish>('on');
  const used = wishes.filter((wish) => texts[wish] !== '');
  const [first = meant, ...others] = used;
  const shown = [first, ...others];
  const mean = (wish: Wish) => {
    setMeant(wish);
    onChange({ on: '', notOn: '', [wish]: texts.on || texts.notOn });
  };
  return (
    <>
      {/* A job that was sent by other means may say both. */}
      {others.length === 0 && offered.length > 0 && (
        <Choice
          isWide
          label={words.text('field.places')}
          value={first}
          options={wishes.map((name) => ({ name, text: words.text(`option.places.${name}`) }))}
          onChange={mean}
        />
      )}
      {shown.map((wish) => (
        <ChosenDevices
          key={others.length === 0 ? 'choice' : wish}
          label={words.text(`field.${wish}`)}
          isLabelled={others.length > 0}
          devices={devices}
          offered={offered}
          chosen={texts[wish]}
          onChange={(chosen) => onChange({ [wish]: chosen })}
        />
      ))}
      {(offered.length > 1 || texts.prefer !== '') && (
        <Choice
          isWide
          label={words.text('field.prefer')}
          value={texts.prefer}
          options={[
            { name: '', text: words.text('option.prefer.usual') },
            ...preferences.map((name) => ({ name, text: words.text(`prefer.${name}`) })),
          ]}
          onChange={(prefer) => onChange({ prefer })}
        />
      )}
    </>
  );
};
