import type { FormEvent, ReactNode } from 'react';
import type { Outcome } from '../../actions.ts';
import { useConnected } from '../../ui/use-connected.ts';
import { useWords } from '../../words.tsx';

interface InlineFormProps {
  label: string;
  submit: string;
  isBusy: boolean;
  /** Why it did not work, said beside the button. */
  outcome: Outcome;
  /** What keeps it from being sent. */
  missing?: string | undefined;
  onSubmit: () => void;
  onCancel: () => void;
  children: ReactNode;
}

/**
 * Fields in place of the button that opened them. Enter sends, Esc closes. While it is being sent the button stays enabled: a
 * disabled one would lose the focus, and the keys would reach the page behind.
 */
export const InlineForm = ({ label, submit, isBusy, outcome, missing, onSubmit, onCancel, children }: InlineFormProps) => {
  const words = useWords();
  const isConnected = useConnected();
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (isConnected && !isBusy && missing === undefined) onSubmit();
  };
  return (
    <form
      className="inline-form"
      aria-label={label}
      onSubmit={send}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onCancel();
      }}
    >
      {children}
      <div className="inline-form-foot">
        <button type="submit" className="btn primary" disabled={!isConnected || missing !== undefined} aria-busy={isBusy}>
          {submit}
        </button>
        <button type="button" className="btn" onClick={onCancel}>
          {words.text('device.cancel')}
        </button>
        {outcome ? (
          <p className="refused" role="alert">
            {words.problem(outcome)}
          </p>
        ) : (
          missing && <p className="dim">{missing}</p>
        )}
      </div>
    </form>
  );
};
