import { Menu, nativeImage, Tray, type MenuItemConstructorOptions } from 'electron';
import { join } from 'node:path';
import type { Locale } from '../../shared/words/format.ts';
import { trayMenu, trayTitle, type TrayAction, type TrayItem, type TrayState } from './tray-menu.ts';

interface TrayOptions {
  readonly iconsFolder: string;
  readonly locale: Locale;
  perform(action: TrayAction): void;
}

/** The icon in the tray; what it shows and offers is decided by trayMenu. */
export const setUpTray = ({ iconsFolder, locale, perform }: TrayOptions): { draw(state: TrayState): void } => {
  const tray = new Tray(trayIcon(iconsFolder));
  tray.on('click', () => perform({ do: 'open' }));
  let drawn = '';
  return {
    draw: (state) => {
      const items = trayMenu(state, locale);
      // Setting a menu closes one that a person is reading, so it is set only when it changed.
      const next = JSON.stringify(items);
      if (next === drawn) return;
      drawn = next;
      tray.setToolTip(trayTitle(state.status, locale));
      tray.setContextMenu(Menu.buildFromTemplate(items.map((item) => templateOf(item, perform))));
    },
  };
};

const trayIcon = (folder: string): Electron.NativeImage => {
  // macOS colours a template image itself, to suit a light or a dark menu bar.
  if (process.platform !== 'darwin') return nativeImage.createFromPath(join(folder, 'tray.png'));
  const image = nativeImage.createFromPath(join(folder, 'tray-template.png'));
  image.setTemplateImage(true);
  return image;
};

const templateOf = (item: TrayItem, perform: (action: TrayAction) => void): MenuItemConstructorOptions => {
  switch (item.kind) {
    case 'line':
      return { type: 'separator' };
    case 'text':
      return { label: plain(item.text), enabled: false };
    case 'action':
      return { label: plain(item.text), click: () => perform(item.action) };
    case 'check':
      return { label: plain(item.text), type: 'checkbox', checked: item.isOn, click: () => perform(item.action) };
    case 'choice':
      return {
        label: plain(item.text),
        submenu: item.options.map(({ text, isChosen, action }) => ({
          label: plain(text),
          type: 'radio',
          checked: isChosen,
          click: () => perform(action),
        })),
      };
  }
};

/** In a menu's label a single & is not shown: it marks the next letter as a key. */
const plain = (text: string): string => text.replaceAll('&', '&&');
