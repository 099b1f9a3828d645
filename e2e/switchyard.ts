import { execFile } from 'node:child_process';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { socketPath } from '../electron/core/infrastructure/storage/socket-path.ts';

/*
 * Switchyard as its users reach it: the built command line, and REST over the data folder's socket. Tests, benchmarks and the
 * demo use nothing else.
 */
export const repository = join(import.meta.dirname, '..');

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly dataFolder: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Where it runs. */
  readonly folder?: string;
  /** A program with its arguments that starts the command line, such as one that changes the user. */
  readonly wrapper?: readonly string[];
}

/** Runs one command of the command line to its end. */
export const switchyard = (args: readonly string[], options: RunOptions): Promise<Ran> =>
  new Promise((resolve) => {
    const environment = { ...process.env, LANG: 'C.UTF-8', ...options.environment, SWITCHYARD_DATA: options.dataFolder };
    const words = [...(options.wrapper ?? []), process.execPath, join(repository, 'out', 'main', 'cli.js'), ...args];
    const [program = process.execPath, ...rest] = words;
    execFile(
      program,
      rest,
      { env: environment, cwd: options.folder, maxBuffer: 64 * 1024 ** 2 },
      // For a program that ran, `code` is its exit code; for one that could not be started, a name.
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });

export interface RestReply {
  readonly status: number;
  readonly body: unknown;
}

export interface Rest {
  call(method: string, path: string, body?: unknown): Promise<RestReply>;
  /** The body of a call that must succeed, as the caller knows it. */
  ask<Body>(method: string, path: string, body?: unknown): Promise<Body>;
  bytes(path: string): Promise<Buffer>;
  close(): void;
}

/** REST over the socket of a data folder. `connections` may be used at once. */
export const openRest = (dataFolder: string, connections = 16): Rest => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const send = (method: string, path: string, body?: unknown): Promise<{ status: number; content: Buffer }> =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers = text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
      const outgoing = request({ socketPath: socketPath(dataFolder), agent, method, path: `/api/v1${path}`, headers }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('error', reject);
        reply.on('end', () => resolve({ status: reply.statusCode ?? 0, content: Buffer.concat(chunks) }));
      });
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  const call: Rest['call'] = async (method, path, body) => {
    const { status, content } = await send(method, path, body);
    return { status, body: content.length === 0 ? undefined : (JSON.parse(content.toString('utf8')) as unknown) };
  };
  return {
    call,
    async ask<Body>(method: string, path: string, body?: unknown) {
      const reply = await call(method, path, body);
      if (reply.status >= 300) throw new Error(`${method} ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
      return reply.body as Body; // the caller names what the contract says
    },
    async bytes(path) {
      const { status, content } = await send('GET', path);
      if (status !== 200) throw new Error(`GET ${path} answered ${status}`);
      return content;
    },
    close: () => agent.destroy(),
  };
};
