import { useEffect, useId } from 'react';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import { ChosenDevices } from './chosen-devices.tsx';
import { splitSchemes, type OptionTexts } from './job-options.ts';

/** Whether and how the files or rows of a job are divided over devices. */
export const SplitOptions = ({ texts, onChange }: { texts: OptionTexts; onChange: (texts: OptionTexts) => void }) => {
  const words = useWords();
  const { machine } = useParts();
  const devices = useStore(machine, (state) => state.devices);
  useEffect(() => machine.watch(), [machine]);
  const id = useId();
  const offered = (devices ?? []).filter(({ kind }) => kind !== 'fpga');
  return (
    <>
      <div className="field wide">
        <label htmlFor={id}>{words.text('field.split')}</label>
        <select id={id} className="input" value={texts.split} onChange={(event) => onChange({ ...texts, split: event.target.value })}>
          <option value="">{words.text('option.split.none')}</option>
          {splitSchemes.map((scheme) => (
            <option key={scheme} value={scheme}>
              {words.text(`option.split.${scheme}`)}
            </option>
          ))}
        </select>
      </div>
      {texts.split !== '' && (
        <ChosenDevices
          label={words.text('field.over')}
          ofNone={words.text('option.over.all')}
          devices={devices ?? []}
          offered={offered}
          chosen={texts.over}
          onChange={(over) => onChange({ ...texts, over })}
        />
      )}
    </>
  );
};
