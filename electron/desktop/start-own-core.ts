import { createRouterClient } from '@orpc/server';
import { createCore } from '../core/create-core.ts';
import { Refusal } from '../core/lib/refusal.ts';
import type { Host } from '../core/ports.ts';
import { createArtifactHandler } from '../core/serve-artifacts.ts';
import { createPeerServer, servePort } from '../core/serve-port.ts';
import { serveSocket } from '../headless/serve-socket.ts';
import type { JoinedCore } from './joined-core.ts';

interface OwnCoreOptions {
  readonly host: Host;
  /** Ends the whole shell; asked for by `switchyard shutdown`. */
  readonly end: () => void;
  readonly onBug: (error: unknown) => void;
}

/** Starts the core in this process, with the socket that the command line reaches it by; undefined when another core has the folder. */
export const startOwnCore = async ({ host, end, onBug }: OwnCoreOptions): Promise<JoinedCore | undefined> => {
  // The window is this program, so there is no address that a browser could open and no token that would let one in.
  const unavailable = (ability: string) => (): never => {
    throw new Refusal({ code: 'unavailable', values: { ability } });
  };
  const shell = { open: unavailable('switchyard open'), token: unavailable('switchyard token'), end };
  const core = await createCore({ host, shell, onBug });
  if (!core) return undefined;
  const { router, files, artifacts, lifetime } = core;
  try {
    const socket = await serveSocket({ router, files, artifacts, onBug }, host.dataFolder);
    lifetime.add(() => socket.close());
  } catch (error) {
    await lifetime.dispose();
    throw error;
  }
  const servePeer = createPeerServer(router, onBug);
  return {
    isOwn: true,
    client: createRouterClient(router, { context: {} }),
    servePage: (port) => servePort(port, servePeer),
    readArtifact: createArtifactHandler(artifacts),
    // It ends only with this process.
    ended: new Promise(() => {}),
    close: () => lifetime.dispose(),
  };
};
