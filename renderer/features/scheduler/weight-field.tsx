import { useState } from 'react';
import { Icon } from '../../ui/icon.tsx';
import { useWords } from '../../words.tsx';
import { parseNumber } from '../run/quantities.ts';
import { stepWeight } from './group-shares.ts';

interface WeightFieldProps {
  name: string;
  weight: number;
  isEnabled: boolean;
  onChange: (weight: number) => void;
}

/** Only the core knows which weights it takes; this is what can be typed without meaning something else. */
const mostWeight = 1_000_000;

/** A number between two buttons. What is typed counts with Enter or when the field is left; Esc puts the old number back. */
export const WeightField = ({ name, weight, isEnabled, onChange }: WeightFieldProps) => {
  const words = useWords();
  const [typed, setTyped] = useState<string>();
  const shown = typed ?? words.number(weight, 3);
  const commit = () => {
    if (typed === undefined) return;
    const read = parseNumber(typed, 0, mostWeight, false);
    setTyped(undefined);
    if (read.kind === 'value' && read.value !== weight) onChange(read.value);
  };
  const step = (direction: 1 | -1) => () => onChange(stepWeight(weight, direction));
  return (
    <span className="stepper" role="group" aria-label={words.text('groups.weightOf', { group: name })}>
      <button type="button" disabled={!isEnabled} aria-label={words.text('groups.lighter', { group: name })} onClick={step(-1)}>
        <Icon name="minus" />
      </button>
      <input
        inputMode="decimal"
        disabled={!isEnabled}
        aria-label={words.text('groups.weightOf', { group: name })}
        value={shown}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
            event.preventDefault();
            step(event.key === 'ArrowUp' ? 1 : -1)();
          }
          if (event.key === 'Escape') setTyped(undefined);
        }}
      />
      <button type="button" disabled={!isEnabled} aria-label={words.text('groups.heavier', { group: name })} onClick={step(1)}>
        <Icon name="plus" />
      </button>
    </span>
  );
};
