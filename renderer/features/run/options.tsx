import type { Words } from '../../words.tsx';
import { useWords } from '../../words.tsx';
import { DeviceOptions } from './device-options.tsx';
import { Field } from './field.tsx';
import { wrongOptions, type OptionName, type OptionTexts } from './job-options.ts';
import { SplitOptions } from './split-options.tsx';

type PlainName = Exclude<OptionName, 'deviceKind' | 'deviceCount' | 'deviceMemory' | 'on' | 'mayFallBack' | 'split' | 'over'>;

const fields: readonly { name: PlainName; placeholder: (words: Words) => string }[] = [
  { name: 'name', placeholder: (words) => words.text('option.name.hint') },
  { name: 'group', placeholder: () => 'default' },
  { name: 'priority', placeholder: () => '0' },
  { name: 'cores', placeholder: () => '1' },
  { name: 'memory', placeholder: (words) => words.text('option.memory.hint') },
  { name: 'timeLimit', placeholder: (words) => words.text('option.timeLimit.hint') },
  { name: 'expected', placeholder: (words) => words.text('option.expected.hint') },
  { name: 'deadline', placeholder: (words) => words.text('option.deadline.hint') },
  { name: 'begin', placeholder: (words) => words.text('option.begin.hint') },
  { name: 'retries', placeholder: () => '0' },
  { name: 'preemptible', placeholder: (words) => words.text('option.preemptible.hint') },
  { name: 'after', placeholder: (words) => words.text('option.after.hint') },
  { name: 'afterAny', placeholder: (words) => words.text('option.after.hint') },
  { name: 'afterNotOk', placeholder: (words) => words.text('option.after.hint') },
];

interface OptionsProps {
  texts: OptionTexts;
  /** Whether what is to run has files or rows that can be divided over devices. */
  isDivisible: boolean;
  onChange: (texts: OptionTexts) => void;
}

export const Options = ({ texts, isDivisible, onChange }: OptionsProps) => {
  const words = useWords();
  const wrong = wrongOptions(texts);
  return (
    <fieldset className="options">
      <legend>{words.text('run.options')}</legend>
      {fields.map(({ name, placeholder }) => (
        <Field
          key={name}
          label={words.text(`field.${name}`)}
          value={texts[name]}
          placeholder={placeholder(words)}
          problem={wrong.includes(name) ? words.text(`option.${name as Exclude<PlainName, 'name' | 'group'>}.wrong`) : undefined}
          onChange={(value) => onChange({ ...texts, [name]: value })}
        />
      ))}
      {isDivisible && <SplitOptions texts={texts} onChange={onChange} />}
      {!(isDivisible && texts.split) && <DeviceOptions texts={texts} wrong={wrong} onChange={onChange} />}
    </fieldset>
  );
};
