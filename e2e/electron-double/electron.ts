/* What `import ... from 'electron'` gets in the double. What is not here fails to import, as a part that the double does not know should. */
import './control.ts';

export { app } from './app.ts';
export { BrowserWindow } from './browser-window.ts';
export {
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  safeStorage,
  screen,
  shell,
  Tray,
} from './desktop-parts.ts';
export { MessageChannelMain } from './message-ports.ts';
export { protocol } from './schemes.ts';
export { session } from './session.ts';
export { utilityProcess } from './utility-process.ts';
