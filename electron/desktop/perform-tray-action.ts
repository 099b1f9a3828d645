import { app, nativeTheme } from 'electron';
import type { DesktopCore } from './desktop-core.ts';
import type { MainWindow } from './main-window.ts';
import { pageAddress } from './page-address.ts';
import type { SettingsFile } from './shell-settings.ts';
import type { TrayAction } from './tray-menu.ts';

interface TrayTargets {
  readonly mainWindow: MainWindow;
  readonly settings: SettingsFile;
  core(): DesktopCore | undefined;
  /** Shows settings that have changed. */
  redraw(): void;
}

/** Does what was chosen in the tray. What the core refuses is seen in the next status, so it is not reported twice. */
export const performTrayAction = async (action: TrayAction, { mainWindow, settings, core, redraw }: TrayTargets): Promise<void> => {
  const client = core()?.current().client;
  switch (action.do) {
    case 'open':
      return mainWindow.show();
    case 'open-job':
      return mainWindow.showPage(jobAddress(action.id));
    case 'retry':
      await client?.jobs.retry({ ids: [action.id] });
      return;
    case 'pause':
      await client?.scheduler.pause();
      return;
    case 'resume':
      await client?.scheduler.resume();
      return;
    case 'use-theme':
      settings.set('theme', action.theme);
      nativeTheme.themeSource = action.theme;
      return redraw();
    case 'close-to-tray':
      settings.set('closesToTray', action.isOn);
      return redraw();
    case 'quit':
      return app.quit();
  }
};

/** The page of one job, or of the queue. */
export const jobAddress = (job: number | undefined): string => pageAddress(job === undefined ? '/queue' : `/queue/${job}`);
