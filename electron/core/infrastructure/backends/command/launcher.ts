import { spawn, type ChildProcess } from 'node:child_process';

/** What is run for an attempt, and the folder in which it may leave files. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<{ [name: string]: string }>;
  /** Made for it, and removed again when it has left nothing. */
  readonly outputFolder: string;
  /** Without this, an output folder that is there already means an earlier start, and nothing is started. */
  readonly isAgain: boolean;
}

export type LaunchEnd =
  /** `leftNothing`: no process in its group and no file in its output folder. */
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null; readonly leftNothing: boolean }
  | { readonly kind: 'not-started'; readonly error: { readonly code: string; readonly message: string } }
  | { readonly kind: 'no-output-folder'; readonly error: { readonly code: string; readonly message: string } }
  | { readonly kind: 'started-before' }
  /** The launcher has ended: whether it was started, and how it ended, only its files tell. */
  | { readonly kind: 'unknown' };

/** Lists of these go both ways, in order. */
export type ToLauncher = ({ readonly kind: 'launch'; readonly id: number } & Launch) | { readonly kind: 'remove'; readonly file: string };

export type FromLauncher =
  | { readonly kind: 'started'; readonly id: number; readonly pid: number }
  | { readonly kind: 'ended'; readonly id: number; readonly end: Exclude<LaunchEnd, { kind: 'unknown' }> };

export interface Launcher {
  /** `onStarted` is told the pid; the program leads a process group and a session of its own and goes on without the launcher. */
  launch(launch: Launch, onStarted: (pid: number) => void): Promise<LaunchEnd>;
  /** Removes a file, soon and without a word. */
  remove(file: string): void;
  close(): void;
}

/**
 * Starts programs from a small process of its own (serve-launcher.ts). Starting one copies the page tables of whoever starts it and
 * holds it up meanwhile: 1.5 ms for a small Node process, 5 ms at 100 MB and 16 ms at 300 MB on a busy machine, which the core's main
 * thread cannot give. A thread would not help: it would copy the same tables. The process is started with the first program.
 */
export const createLauncher = (entry: string): Launcher => {
  const open = new Map<number, { onStarted: (pid: number) => void; resolve: (end: LaunchEnd) => void }>();
  let child: ChildProcess | undefined;
  let outbox: ToLauncher[] = [];
  let lastId = 0;
  let isClosed = false;

  const heard = (messages: readonly FromLauncher[]): void => {
    for (const message of messages) {
      if (message.kind === 'started') open.get(message.id)?.onStarted(message.pid);
      else settle(message.id, message.end);
    }
  };

  const settle = (id: number, end: LaunchEnd): void => {
    const waiting = open.get(id);
    open.delete(id);
    // Only open launches keep this process alive.
    if (open.size === 0) child?.channel?.unref();
    waiting?.resolve(end);
  };

  const start = (): ChildProcess => {
    const started = spawn(process.execPath, [entry, String(process.pid)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      cwd: '/',
      // Electron's own program is Node with this.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      // What a terminal sends to the core's group, such as Ctrl-C, must not end it before its core.
      detached: true,
    });
    const lost = (): void => {
      if (child === started) child = undefined;
      for (const id of open.keys()) settle(id, { kind: 'unknown' });
    };
    started.on('message', heard);
    started.once('exit', lost);
    started.once('error', lost);
    started.unref();
    started.channel?.unref();
    return started;
  };

  /** What comes up in one turn of the loop is one message: each costs a system call and wakes the launcher. */
  const send = (message: ToLauncher): void => {
    if (outbox.push(message) === 1) process.nextTick(flush);
  };

  const flush = (): void => {
    if (outbox.length === 0 || isClosed) return;
    child ??= start();
    // A channel that has just broken is told by the exit of its process.
    child.send(outbox, () => undefined);
    outbox = [];
    if (open.size > 0) child.channel?.ref();
  };

  return {
    launch: (launch, onStarted) =>
      new Promise((resolve) => {
        if (isClosed) throw new Error('the launcher is closed');
        lastId += 1;
        const id = lastId;
        open.set(id, { onStarted, resolve });
        send({ kind: 'launch', id, ...launch });
      }),
    remove: (file) => send({ kind: 'remove', file }),
    close() {
      flush();
      isClosed = true;
      child?.disconnect();
      child = undefined;
      for (const id of open.keys()) settle(id, { kind: 'unknown' });
    },
  };
};
