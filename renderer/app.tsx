import { useEffect, useMemo } from 'react';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { useStore } from 'zustand';
import './ui/tokens.css';
import './ui/base.css';
import './ui/controls.css';
import { PartsProvider, type Parts } from './parts.tsx';
import { Routes } from './routes.tsx';
import { createWords, WordsProvider } from './words.tsx';

/** The window: its language and theme, then the page of the address. */
export const App = ({ parts }: { parts: Parts }) => {
  const { theme, locale, rows } = useStore(parts.preferences);
  const words = useMemo(() => createWords(locale), [locale]);

  useEffect(() => {
    document.documentElement.lang = locale === 'zh' ? 'zh-CN' : 'en';
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [theme, locale]);
  useEffect(() => {
    document.documentElement.dataset['rows'] = rows;
  }, [rows]);
  useEffect(() => parts.status.watch(), [parts]);

  return (
    <PartsProvider value={parts}>
      <WordsProvider value={words}>
        <Router hook={useHashLocation}>
          <Routes />
        </Router>
      </WordsProvider>
    </PartsProvider>
  );
};
