import { useRef } from 'react';
import { useParts } from '../../parts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useWords } from '../../words.tsx';
import type { Staged } from './staged.ts';

/** The files at hand, and a way to choose more besides dropping them. */
export const FileChooser = ({ files, label }: { files: readonly Staged[]; label: string }) => {
  const words = useWords();
  const { run } = useParts();
  const field = useRef<HTMLInputElement>(null);
  return (
    <div className="field">
      <span>{label}</span>
      <ul className="chosen">
        {files.map((file, index) => (
          <li key={`${file.name} ${index}`}>
            <Icon name="file" />
            <span className="grow" title={titleOf(file)}>
              {file.name}
            </span>
            {file.bytes !== undefined && <em>{words.bytes(file.bytes)}</em>}
            <button
              type="button"
              className="btn icon quiet small"
              aria-label={words.text('run.remove', { name: file.name })}
              onClick={() => run.remove(file)}
            >
              <Icon name="x" />
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className={files.length === 0 ? 'drop-zone' : 'btn small choose'} onClick={() => field.current?.click()}>
        {files.length === 0 ? (
          <>
            <b>{words.text('run.dropHere')}</b>
            <span>{words.text('run.orChoose')}</span>
          </>
        ) : (
          <>
            <Icon name="plus" /> {words.text('run.more')}
          </>
        )}
      </button>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        aria-label={label}
        onChange={(event) => {
          run.stage(event.target.files ?? []);
          event.target.value = '';
        }}
      />
    </div>
  );
};

/** Where the file lies, if that is known. */
const titleOf = ({ name, source }: Staged): string => (!(source instanceof File) && 'path' in source ? source.path : name);
