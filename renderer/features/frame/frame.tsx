import { useEffect, useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { CommandPalette } from './command-palette.tsx';
import './frame.css';
import { pages, type PageName } from './pages.ts';
import { Rail } from './rail.tsx';
import { StatusStrip } from './status-strip.tsx';
import { TitleBar } from './title-bar.tsx';

/** What stands around every page: title bar, rail, status strip and the palette of actions. */
export const Frame = ({ page, children }: { page: PageName; children: ReactNode }) => {
  const parts = useParts();
  const { isRailFolded } = useStore(parts.preferences);
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  useShortcuts(() => setPaletteOpen(true));
  return (
    <div className="frame">
      <div className={`app ${isRailFolded ? 'folded' : ''}`}>
        <TitleBar page={page} onPalette={() => setPaletteOpen(true)} />
        <Rail page={page} />
        {children}
        <StatusStrip />
      </div>
      {isPaletteOpen && <CommandPalette onClose={() => setPaletteOpen(false)} />}
    </div>
  );
};

/** Keys that work on every page: the palette with Ctrl or Cmd K; pages by number, a new job by N, unless somebody types. */
const useShortcuts = (openPalette: () => void): void => {
  const [, go] = useLocation();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        return openPalette();
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const page = pages.find(({ key }) => key === event.key);
      if (page) go(page.path);
      if (event.key === 'n') go('/run');
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  });
};

/** Whether a key belongs to what has the focus: a field, or an open dialog. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input:not([type=checkbox]), textarea, select, dialog') !== null;
