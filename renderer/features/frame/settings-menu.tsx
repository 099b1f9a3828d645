import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { useWords } from '../../words.tsx';

/** Theme, room and language of this window. */
export const SettingsMenu = () => {
  const words = useWords();
  const { preferences } = useParts();
  const { theme, locale, rows } = useStore(preferences);
  const [isOpen, setOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const leave = (event: Event) => {
      if (event.target instanceof Node && !menu.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', leave);
    return () => document.removeEventListener('pointerdown', leave);
  }, [isOpen]);
  return (
    <div
      className="menu-place"
      ref={menu}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        event.stopPropagation();
        setOpen(false);
      }}
    >
      <button
        type="button"
        className="btn icon quiet"
        title={words.text('settings.open')}
        aria-label={words.text('settings.open')}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="theme" />
      </button>
      {isOpen && (
        <div className="menu" role="group" aria-label={words.text('settings.open')}>
          <h2>{words.text('settings.theme')}</h2>
          <SegmentedControl
            label={words.text('settings.theme')}
            options={(['light', 'dark', 'system'] as const).map((name) => ({ name, label: words.text(`settings.${name}`) }))}
            chosen={theme}
            onChoose={(next) => preferences.setState({ theme: next })}
          />
          <h2>{words.text('settings.rows')}</h2>
          <SegmentedControl
            label={words.text('settings.rows')}
            options={(['dense', 'comfortable'] as const).map((name) => ({ name, label: words.text(`settings.${name}`) }))}
            chosen={rows}
            onChoose={(next) => preferences.setState({ rows: next })}
          />
          <h2>{words.text('settings.language')}</h2>
          <SegmentedControl
            label={words.text('settings.language')}
            options={[
              { name: 'en' as const, label: 'English' },
              { name: 'zh' as const, label: '简体中文' },
            ]}
            chosen={locale}
            onChoose={(next) => preferences.setState({ locale: next })}
          />
        </div>
      )}
    </div>
  );
};
