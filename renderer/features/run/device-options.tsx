import { useEffect, useId } from 'react';
import { useStore } from 'zustand';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import { ChosenDevices } from './chosen-devices.tsx';
import { Field } from './field.tsx';
import type { OptionTexts } from './job-options.ts';

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
  const kindId = useId();
  if (!devices || devices.length < 2) return null;
  const kinds = (['gpu', 'npu', 'fpga'] as const).filter(
    (kind) => texts.deviceKind === kind || devices.some((device) => device.kind === kind && device.parent === undefined),
  );
  const set = (change: Partial<OptionTexts>) => onChange({ ...texts, ...change });
  return (
    <>
      {kinds.length > 0 && (
        <div className="field wide">
          <label htmlFor={kindId}>{words.text('field.deviceKind')}</label>
          <select id={kindId} className="input" value={texts.deviceKind} onChange={(event) => set({ deviceKind: event.target.value })}>
            <option value="">{words.text('option.deviceKind.none')}</option>
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {words.text('option.deviceKind.free', countOf(devices, kind, words.text(`kind.${kind}`)))}
              </option>
            ))}
          </select>
        </div>
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
      <OnlyOn devices={devices} texts={texts} onChange={set} />
    </>
  );
};

const countOf = (devices: readonly DeviceState[], kind: DeviceState['kind'], name: string) => {
  const ofKind = devices.filter((device) => device.kind === kind && device.parent === undefined);
  return { kind: name, free: ofKind.filter(({ state }) => state === 'ready').length, total: ofKind.length };
};

interface OnlyOnProps {
  devices: readonly DeviceState[];
  texts: OptionTexts;
  onChange: (change: Partial<OptionTexts>) => void;
}

/** Certain devices: those of the kind that is asked for, and the shares of the processor. */
const OnlyOn = ({ devices, texts, onChange }: OnlyOnProps) => {
  const words = useWords();
  const offered = devices.filter(({ kind, parent }) => kind === texts.deviceKind || (kind === 'cpu' && parent !== undefined));
  return (
    <ChosenDevices
      label={words.text('field.on')}
      ofNone={words.text('option.on.any')}
      devices={devices}
      offered={offered}
      chosen={texts.on}
      onChange={(on) => onChange({ on })}
    />
  );
};
