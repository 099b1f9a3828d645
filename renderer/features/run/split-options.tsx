import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import { Choice } from './choice.tsx';
import { ChosenDevices } from './chosen-devices.tsx';
import { splitSchemes, type OptionTexts } from './job-options.ts';

/** Whether and how the files or rows of a job are divided over devices. */
export const SplitOptions = ({ texts, onChange }: { texts: OptionTexts; onChange: (texts: OptionTexts) => void }) => {
  const words = useWords();
  const { machine } = useParts();
  const devices = useStore(machine, (state) => state.devices);
  useEffect(() => machine.watch(), [machine]);
  const offered = (devices ?? []).filter(({ kind }) => kind !== 'fpga');
  return (
    <>
      <Choice
        isWide
        label={words.text('field.split')}
        value={texts.split}
        options={[
          { name: '', text: words.text('option.split.none') },
          ...splitSchemes.map((name) => ({ name, text: words.text(`option.split.${name}`) })),
        ]}
        onChange={(split) => onChange({ ...texts, split })}
      />
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
