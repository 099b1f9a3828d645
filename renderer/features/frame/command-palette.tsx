import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useWords } from '../../words.tsx';
import { matchCommands } from './commands.ts';
import { useCommands } from './use-commands.ts';

/** Everything a person can do from anywhere, found by a few letters. */
export const CommandPalette = ({ onClose }: { onClose: () => void }) => {
  const words = useWords();
  const { connection } = useParts();
  const isConnected = useStore(connection, (state) => state.kind === 'connected');
  const dialog = useRef<HTMLDialogElement>(null);
  const [search, setSearch] = useState('');
  const [place, setPlace] = useState(0);
  const [problem, setProblem] = useState<string>();
  const found = matchCommands(useCommands(), search);
  const chosen = Math.min(place, found.length - 1);

  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    // Closed before it leaves the page, or the focus would not go back to where it was.
    return () => shown?.close();
  }, []);

  const run = async (index: number) => {
    const command = found[index];
    if (!command || (command.needsCore && !isConnected)) return;
    const outcome = await command.run();
    if (outcome) setProblem(words.problem(outcome));
    else onClose();
  };
  const press = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) setPlace((chosen + step + found.length) % Math.max(1, found.length));
    if (event.key === 'Enter') void run(chosen);
    if (step !== 0 || event.key === 'Enter') event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={words.text('palette.open')}
      onClose={onClose}
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className="palette-search">
        <Icon name="search" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={found[chosen] ? `palette-${found[chosen].id}` : undefined}
          aria-label={words.text('palette.open')}
          placeholder={words.text('palette.placeholder')}
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
            setPlace(0);
          }}
          onKeyDown={press}
        />
      </div>
      {problem && <p className="refused">{problem}</p>}
      <ul id="palette-list" role="listbox" aria-label={words.text('palette.open')}>
        {found.map((command, index) => (
          <li
            key={command.id}
            id={`palette-${command.id}`}
            role="option"
            aria-selected={index === chosen}
            aria-disabled={command.needsCore && !isConnected}
            onPointerMove={() => setPlace(index)}
            onClick={() => void run(index)}
          >
            <Icon name={command.icon} />
            <span>{command.label}</span>
            {command.shortcut && <kbd>{command.shortcut}</kbd>}
          </li>
        ))}
        {found.length === 0 && <li className="none">{words.text('palette.none')}</li>}
      </ul>
    </dialog>
  );
};
