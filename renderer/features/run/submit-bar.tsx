import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import type { Submission } from './use-submit.ts';

interface SubmitBarProps {
  submission: Submission;
  label: string;
  /** What is missing before it can be submitted. */
  missing?: string | undefined;
  note?: string | undefined;
  onSubmit: () => void;
}

/** The one filled button of the page; why it cannot be pressed, or why it did not work, stands beside it. */
export const SubmitBar = ({ submission, label, missing, note, onSubmit }: SubmitBarProps) => {
  const words = useWords();
  const { connection } = useParts();
  const isConnected = useStore(connection, (state) => state.kind === 'connected');
  return (
    <div className="submit">
      <button
        type="button"
        className="btn primary"
        disabled={!isConnected || submission.isBusy || missing !== undefined}
        onClick={onSubmit}
      >
        {submission.isBusy ? words.text('run.submitting') : label}
      </button>
      {submission.problem ? (
        <p className="refused" role="alert">
          {words.problem(submission.problem)}
        </p>
      ) : (
        <p className="dim">{missing ?? note}</p>
      )}
    </div>
  );
};
