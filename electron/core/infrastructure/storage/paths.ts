import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The data folder of every shell: what was asked for with --data, else SWITCHYARD_DATA, else the system's place for user data. */
export const dataFolder = (
  asked?: string,
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string => resolve(asked || environment['SWITCHYARD_DATA'] || defaultFolder(environment, platform));

const defaultFolder = (environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string => {
  const home = environment['HOME'] || environment['USERPROFILE'] || homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Switchyard');
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'Switchyard');
  const configured = environment['XDG_DATA_HOME'] ?? '';
  // The base directory specification says to ignore a path that is not absolute.
  return join(configured.startsWith('/') ? configured : join(home, '.local', 'share'), 'switchyard');
};
