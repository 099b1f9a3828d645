import { useEffect, useId, useRef, type ReactNode } from 'react';

interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  problem?: string | undefined;
  lines?: number;
  isCode?: boolean;
  /** Nothing longer can be typed. */
  longest?: number;
  /** Takes the whole width among others. */
  isWide?: boolean;
  /** Takes the focus when it appears, in a form that a press has just opened. */
  hasFocus?: boolean;
  children?: ReactNode;
}

/** A labelled field that explains itself beneath when what it holds cannot be used. */
export const Field = ({ label, value, onChange, placeholder, problem, lines, isCode, longest, isWide, hasFocus, children }: FieldProps) => {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (hasFocus) field.current?.focus();
  }, [hasFocus]);
  const shared = {
    id,
    value,
    placeholder,
    maxLength: longest,
    spellCheck: false,
    autoComplete: 'off',
    className: `input ${isCode ? 'mono' : ''}`,
    'aria-invalid': problem !== undefined,
    ...(problem ? { 'aria-describedby': `${id}-problem` } : {}),
  };
  return (
    <div className={`field ${isWide ? 'wide' : ''}`}>
      <label htmlFor={id}>{label}</label>
      {lines ? (
        <textarea {...shared} rows={lines} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <input {...shared} ref={field} onChange={(event) => onChange(event.target.value)} />
      )}
      {problem && (
        <small className="refused" id={`${id}-problem`}>
          {problem}
        </small>
      )}
      {children}
    </div>
  );
};
