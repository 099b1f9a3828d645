import { app, dialog, Menu, nativeTheme, session } from 'electron';
import Store from 'electron-store';
import { join } from 'node:path';
import { dataFolder } from './core/infrastructure/storage/paths.ts';
import { makeFolder } from './core/lib/make-folder.ts';
import { appMenu } from './desktop/app-menu.ts';
import { registerAppScheme, serveAppScheme } from './desktop/app-scheme.ts';
import { denyPermissions } from './desktop/deny-permissions.ts';
import { openDesktopCore, type DesktopCore } from './desktop/desktop-core.ts';
import { resourcesFolder } from './desktop/electron-host.ts';
import { findCore } from './desktop/find-core.ts';
import { handPorts } from './desktop/hand-ports.ts';
import { handedFiles, parseLaunchArguments, type LaunchArguments } from './desktop/launch-arguments.ts';
import { createMainWindow } from './desktop/main-window.ts';
import { filesAddress, pageAddress } from './desktop/page-address.ts';
import { jobAddress, performTrayAction } from './desktop/perform-tray-action.ts';
import { readShellSettings } from './desktop/shell-settings.ts';
import { setUpQuit } from './desktop/set-up-quit.ts';
import { setUpTray } from './desktop/set-up-tray.ts';
import { createNoticeBoard } from './desktop/show-notices.ts';
import { failureText, systemLocale } from './desktop/start-failure.ts';
import { desktopText } from '../shared/words/desktop.ts';

/*
 * The desktop shell: a window, a tray and notices around the core. Read from top to bottom it is the order of the start.
 */

const main = async (): Promise<void> => {
  registerAppScheme();
  const launch = parseLaunchArguments(process.argv.slice(app.isPackaged ? 1 : 2), process.cwd());
  const folder = dataFolder(launch.dataFolder);
  ownDataFolder(folder);
  if (!app.requestSingleInstanceLock({ files: launch.files })) return app.exit(0);
  await app.whenReady();
  await start(folder, launch);
};

/** Electron's own files go below the data folder, and the single instance is one per data folder for the same reason. */
const ownDataFolder = (folder: string): void => {
  const userData = join(folder, 'desktop');
  makeFolder(userData, 0o700);
  app.setPath('userData', userData);
};

const start = async (folder: string, launch: LaunchArguments): Promise<void> => {
  const locale = systemLocale(app.getPreferredSystemLanguages());
  const settings = new Store<Record<string, unknown>>({ name: 'window' });
  const iconsFolder = join(resourcesFolder(), 'icons');
  const iconFile = join(iconsFolder, 'icon.png');
  let core: DesktopCore | undefined;

  nativeTheme.themeSource = readShellSettings(settings).theme;
  denyPermissions(session.defaultSession);
  Menu.setApplicationMenu(Menu.buildFromTemplate(appMenu(locale, process.platform)));

  const quit = setUpQuit({ locale, core: () => core, goToBackground: () => mainWindow.window.hide(), onBug: reportBug });
  const mainWindow = createMainWindow({ settings, iconFile, locale, isEnding: quit.isEnding });
  const offerFiles = (files: readonly string[]): void => (files.length > 0 ? mainWindow.showPage(filesAddress(files)) : mainWindow.show());

  const targets = { mainWindow, settings, core: () => core, redraw: () => draw() };
  const tray = setUpTray({ iconsFolder, locale, perform: (action) => void performTrayAction(action, targets).catch(reportBug) });
  const draw = (): void => {
    tray.draw({ status: core?.status(), settings: readShellSettings(settings), ownsCore: core?.current().isOwn ?? true });
  };
  const notices = createNoticeBoard({
    iconFile,
    locale,
    isLookedAt: mainWindow.isLookedAt,
    open: (job) => mainWindow.showPage(jobAddress(job)),
  });

  draw();
  core = await openDesktopCore({
    join: () => findCore({ dataFolder: folder, end: quit.end, onBug: reportBug }),
    onStatus: () => draw(),
    onNotice: notices.announce,
    onChange: () => {
      ports.handAgain();
      draw();
    },
    onLost: (error) => void stop(error),
  });
  const { current } = core;
  draw();
  serveAppScheme(join(import.meta.dirname, '../renderer'), (request) => current().readArtifact(request));
  const ports = handPorts(mainWindow.window.webContents, current);

  app.on('second-instance', (_event, _arguments, _workingFolder, handed) => offerFiles(handedFiles(handed)));
  app.on('activate', () => mainWindow.show());
  mainWindow.window.once('ready-to-show', () => mainWindow.show());
  await mainWindow.window.loadURL(launch.files.length > 0 ? filesAddress(launch.files) : pageAddress('/'));
};

const reportBug = (error: unknown): void =>
  void process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);

/** What a person can set right is said in one sentence. */
const stop = async (error: unknown): Promise<void> => {
  reportBug(error);
  await app.whenReady();
  const locale = systemLocale(app.getPreferredSystemLanguages());
  dialog.showErrorBox(desktopText('start-failed-title', locale), failureText(error, locale));
  app.exit(1);
};

main().catch(stop);
