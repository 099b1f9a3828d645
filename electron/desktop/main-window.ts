import { app, BrowserWindow, nativeTheme, screen, shell, type Event } from 'electron';
import { join } from 'node:path';
import { desktopText } from '../../shared/words/desktop.ts';
import type { Locale } from '../../shared/words/format.ts';
import { isOpenableOutside, isOwnPage } from './page-address.ts';
import { readShellSettings, type SettingsFile } from './shell-settings.ts';
import { sanitiseWindowState, smallestWindow } from './window-state.ts';

/** The colours that stand until the page has drawn, as in the page's own style. */
const backgrounds = { light: '#fbfcfd', dark: '#14171c' } as const;

export interface MainWindow {
  readonly window: BrowserWindow;
  isLookedAt(): boolean;
  show(): void;
  /** Shows a page of the app. */
  showPage(address: string): void;
}

interface WindowOptions {
  readonly settings: SettingsFile;
  readonly iconFile: string;
  readonly locale: Locale;
  /** Whether Switchyard is on its way out, so that closing the window must not be turned into hiding it. */
  isEnding(): boolean;
}

/** The one window: where it was, closing into the tray, and bound to its own pages. */
export const createMainWindow = ({ settings, iconFile, locale, isEnding }: WindowOptions): MainWindow => {
  const screens = screen.getAllDisplays().map(({ workArea }) => workArea);
  const { isMaximized, ...bounds } = sanitiseWindowState(settings.get('window'), screens);
  const window = new BrowserWindow({
    ...bounds,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    title: desktopText('window-title', locale),
    icon: iconFile,
    backgroundColor: backgrounds[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'],
    autoHideMenuBar: true,
    show: false,
    webPreferences: {
      preload: join(import.meta.dirname, '../preload/preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  if (isMaximized) window.maximize();
  keepState(window, settings);
  hideInsteadOfClosing(window, settings, isEnding);
  stayOnOwnPages(window);

  const show = (): void => {
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  return {
    window,
    isLookedAt: () => window.isVisible() && window.isFocused(),
    show,
    showPage: (address) => {
      show();
      // A load that another one overtakes rejects, and the other one shows.
      window.loadURL(address).catch(() => {});
    },
  };
};

const keepState = (window: BrowserWindow, settings: SettingsFile): void => {
  const keep = (): void => settings.set('window', { ...window.getNormalBounds(), isMaximized: window.isMaximized() });
  // Closing and hiding are the moments after which the place of the window is wanted again; a crash costs one move.
  window.on('close', keep);
  window.on('hide', keep);
};

const hideInsteadOfClosing = (window: BrowserWindow, settings: SettingsFile, isEnding: () => boolean): void => {
  window.on('close', (event) => {
    if (isEnding()) return;
    event.preventDefault();
    if (readShellSettings(settings).closesToTray) window.hide();
    else app.quit();
  });
};

const stayOnOwnPages = ({ webContents }: BrowserWindow): void => {
  const stay = (event: Event, address: string): void => {
    if (!isOwnPage(address)) event.preventDefault();
  };
  webContents.on('will-navigate', (event) => stay(event, event.url));
  webContents.on('will-redirect', (event) => stay(event, event.url));
  webContents.on('will-frame-navigate', (event) => stay(event, event.url));
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  webContents.setWindowOpenHandler(({ url }) => {
    if (isOpenableOutside(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });
};
