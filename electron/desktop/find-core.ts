import { setTimeout as delay } from 'node:timers/promises';
import { socketPath } from '../core/infrastructure/storage/socket-path.ts';
import { attachToCore } from './attach-to-core.ts';
import { createElectronHost } from './electron-host.ts';
import { joinCore } from './join-core.ts';
import type { JoinedCore } from './joined-core.ts';
import { startOwnCore } from './start-own-core.ts';
import { SilentCore } from './start-failure.ts';

interface FindOptions {
  readonly dataFolder: string;
  readonly end: () => void;
  readonly onBug: (error: unknown) => void;
}

/** How long between two questions to a core that has the folder and does not answer. */
const pauseMs = 100;

/** The core of a data folder, in this process or in another. */
export const findCore = async ({ dataFolder, end, onBug }: FindOptions): Promise<JoinedCore> => {
  const host = createElectronHost(dataFolder);
  const core = await joinCore({
    attach: () => attachToCore(socketPath(dataFolder)),
    start: () => startOwnCore({ host, end, onBug }),
    pause: () => delay(pauseMs),
  });
  if (!core) throw new SilentCore(dataFolder);
  return core;
};
