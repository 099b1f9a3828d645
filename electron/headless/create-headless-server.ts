import type { CallParts } from './call-routes.ts';
import type { Entrance } from './entrance.ts';
import { servePage } from './serve-page.ts';
import { serveSocket } from './serve-socket.ts';

export interface HeadlessServerOptions extends CallParts {
  readonly entrance: Entrance;
  /** The built page. */
  readonly rendererFolder: string;
  readonly dataFolder: string;
  /** How often a silent websocket is tested. */
  readonly pingMs?: number;
}

export interface HeadlessServer {
  /** Of the loopback addresses; the page's own address comes from the entrance. */
  readonly port: number;
  /** Clients that are being answered or hold a websocket; a core without any may end when it is idle. */
  connections(): number;
  /** Ends within two seconds, whoever is still connected. */
  close(): Promise<void>;
}

/** The faces of a core without a window: a browser and programs through the gate, the command line through the data folder's socket. */
export const createHeadlessServer = async (options: HeadlessServerOptions): Promise<HeadlessServer> => {
  const page = await servePage(options, options);
  try {
    const socket = await serveSocket(options, options.dataFolder);
    return {
      port: page.port,
      connections: () => page.connections() + socket.connections(),
      close: async () => void (await Promise.all([page.close(), socket.close(), options.entrance.close()])),
    };
  } catch (error) {
    await page.close();
    throw error;
  }
};
