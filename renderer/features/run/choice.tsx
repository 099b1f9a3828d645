import { useId } from 'react';

interface ChoiceProps<Name extends string> {
  label: string;
  value: Name;
  /** In the order in which they are offered. */
  options: readonly { readonly name: Name; readonly text: string }[];
  onChange: (name: Name) => void;
  /** Takes the whole width among others. */
  isWide?: boolean;
}

/** A labelled choice of one among several. */
export const Choice = <Name extends string>({ label, value, options, onChange, isWide }: ChoiceProps<Name>) => {
  const id = useId();
  const choose = (chosen: string) => {
    const found = options.find(({ name }) => name === chosen);
    if (found) onChange(found.name);
  };
  return (
    <div className={`field ${isWide ? 'wide' : ''}`}>
      <label htmlFor={id}>{label}</label>
      <select id={id} className="input" value={value} onChange={(event) => choose(event.target.value)}>
        {options.map(({ name, text }) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
};
