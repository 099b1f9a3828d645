import { Link } from 'wouter';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useWords } from '../../words.tsx';
import type { PageName } from './pages.ts';
import { PolicySelect } from './policy-select.tsx';
import { SettingsMenu } from './settings-menu.tsx';

export const TitleBar = ({ page, onPalette }: { page: PageName; onPalette: () => void }) => {
  const words = useWords();
  const { status } = useParts();
  const host = useStore(status, (state) => state.status?.hostName);
  return (
    <header className="top">
      <Link className="brand" href="/" aria-label="Switchyard">
        <svg className="mark" viewBox="0 0 20 20" aria-hidden="true">
          <path d="M2 14.5h16" />
          <path className="b" d="M4.5 14.5C11 14.5 9 5.5 15 5.5h3" />
          <circle cx="16.6" cy="5.5" r="2.1" />
        </svg>
        <b>Switchyard</b>
      </Link>
      <div className="top-main">
        <h1>{words.text(`page.${page}`)}</h1>
        <div className="sub">{page === 'queue' ? <PolicySelect /> : host}</div>
        <button type="button" className="cmdk" onClick={onPalette}>
          <Icon name="search" />
          <span>{words.text('palette.open')}</span>
          <kbd>{commandKey()} K</kbd>
        </button>
        <Link className="btn" href="/run" title={`${words.text('action.newJob')}  N`}>
          <Icon name="plus" />
          <span>{words.text('action.newJob')}</span>
        </Link>
        <SettingsMenu />
      </div>
    </header>
  );
};

const commandKey = (): string => (navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl');
