import { Link } from 'wouter';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useWords } from '../../words.tsx';
import { pages, type PageName } from './pages.ts';

export const Rail = ({ page }: { page: PageName }) => {
  const words = useWords();
  const { preferences, status } = useParts();
  const isFolded = useStore(preferences, (values) => values.isRailFolded);
  const waiting = useStore(status, (state) => state.status?.counts.pending);
  const fold = words.text(isFolded ? 'rail.unfold' : 'rail.fold');
  return (
    <nav className="rail" aria-label={words.text('rail.label')}>
      {pages.map(({ name, path, icon }) => (
        <Link key={name} href={path} title={words.text(`page.${name}`)} {...(name === page ? { 'aria-current': 'page' as const } : {})}>
          <Icon name={icon} />
          <span>{words.text(`page.${name}`)}</span>
          {name === 'queue' && waiting ? <em>{words.number(waiting)}</em> : null}
        </Link>
      ))}
      <button
        type="button"
        className="fold"
        title={fold}
        aria-label={fold}
        aria-expanded={!isFolded}
        onClick={() => preferences.setState({ isRailFolded: !isFolded })}
      >
        <Icon name="rail" />
      </button>
    </nav>
  );
};
