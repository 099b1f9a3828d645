import type { MenuItemConstructorOptions } from 'electron';
import { desktopText, type DesktopText } from '../../shared/words/desktop.ts';
import type { Locale } from '../../shared/words/format.ts';

const editing = [
  ['menu-undo', 'undo'],
  ['menu-redo', 'redo'],
  ['menu-cut', 'cut'],
  ['menu-copy', 'copy'],
  ['menu-paste', 'paste'],
  ['menu-select-all', 'selectAll'],
] as const satisfies readonly Item[];

const viewing = [
  ['menu-reload', 'reload'],
  ['menu-actual-size', 'resetZoom'],
  ['menu-zoom-in', 'zoomIn'],
  ['menu-zoom-out', 'zoomOut'],
  ['menu-full-screen', 'togglefullscreen'],
] as const satisfies readonly Item[];

type Item = readonly [DesktopText, NonNullable<MenuItemConstructorOptions['role']>];

/** The window's own menu: what keys of editing and zooming hang on. On macOS it stands at the top of the screen. */
export const appMenu = (locale: Locale, platform: NodeJS.Platform): MenuItemConstructorOptions[] => {
  const menu = (name: DesktopText, items: readonly Item[]): MenuItemConstructorOptions => ({
    label: desktopText(name, locale),
    submenu: items.map(([text, role]) => ({ label: desktopText(text, locale), role })),
  });
  const own = [menu('menu-edit', editing), menu('menu-view', viewing)];
  return platform === 'darwin' ? [{ role: 'appMenu' }, ...own, { role: 'windowMenu' }] : own;
};
