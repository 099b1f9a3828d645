import type { Words } from '../../words.tsx';
import { useWords } from '../../words.tsx';
import { DeviceOptions } from './device-options.tsx';
import { Field } from './field.tsx';
import { isAsked, wrongOptions, type OptionName, type OptionTexts, type Way } from './job-options.ts';
import { SplitOptions } from './split-options.tsx';

type PlainName = Exclude<
  OptionName,
  'deviceKind' | 'deviceCount' | 'deviceMemory' | 'on' | 'notOn' | 'prefer' | 'mayFallBack' | 'split' | 'over' | 'gang'
>;

/** Those of which some texts cannot be read. */
type Parsed = Exclude<PlainName, 'name' | 'group' | 'resumeCommand'>;

interface PlainField {
  name: PlainName;
  placeholder: (words: Words) => string;
  isWide?: boolean;
  isCode?: boolean;
  longest?: number;
}

const fields: readonly PlainField[] = [
  { name: 'name', isWide: true, longest: 200, placeholder: (words) => words.text('option.name.hint') },
  { name: 'group', longest: 100, placeholder: () => 'default' },
  { name: 'priority', placeholder: () => '0' },
  { name: 'cores', placeholder: () => '1' },
  { name: 'memory', placeholder: (words) => words.text('option.memory.hint') },
  { name: 'timeLimit', placeholder: (words) => words.text('option.timeLimit.hint') },
  { name: 'expected', placeholder: (words) => words.text('option.expected.hint') },
  { name: 'deadline', isWide: true, placeholder: (words) => words.text('option.deadline.hint') },
  { name: 'begin', placeholder: (words) => words.text('option.begin.hint') },
  { name: 'hours', placeholder: () => '22:00-06:00' },
  { name: 'retries', placeholder: () => '0' },
  { name: 'preemptible', placeholder: (words) => words.text('option.preemptible.hint') },
  { name: 'array', placeholder: () => '0-99%4' },
  { name: 'resumeCommand', isWide: true, isCode: true, placeholder: () => 'python3 train.py --resume' },
  { name: 'after', placeholder: (words) => words.text('option.after.hint') },
  { name: 'afterAny', placeholder: (words) => words.text('option.after.hint') },
  { name: 'afterNotOk', placeholder: (words) => words.text('option.after.hint') },
];

interface OptionsProps {
  texts: OptionTexts;
  way: Way;
  onChange: (texts: OptionTexts) => void;
}

export const Options = ({ texts, way, onChange }: OptionsProps) => {
  const words = useWords();
  const wrong = wrongOptions(texts, way);
  // Files and rows can be divided over devices.
  const isDivisible = way === 'files';
  return (
    <fieldset className="options">
      <legend>{words.text('run.options')}</legend>
      {fields
        .filter(({ name }) => isAsked(name, texts, way))
        .map(({ name, placeholder, ...looks }) => (
          <Field
            key={name}
            {...looks}
            label={words.text(`field.${name}`)}
            value={texts[name]}
            placeholder={placeholder(words)}
            problem={wrong.includes(name) ? words.text(`option.${name as Parsed}.wrong`) : undefined}
            onChange={(value) => onChange({ ...texts, [name]: value })}
          />
        ))}
      {isAsked('gang', texts, way) && (
        <label className="wide">
          <input
            type="checkbox"
            checked={texts.gang !== ''}
            onChange={(event) => onChange({ ...texts, gang: event.target.checked ? 'yes' : '' })}
          />{' '}
          {words.text('field.gang')}
        </label>
      )}
      {isDivisible && <SplitOptions texts={texts} onChange={onChange} />}
      {!(isDivisible && texts.split) && <DeviceOptions texts={texts} wrong={wrong} onChange={onChange} />}
    </fieldset>
  );
};
