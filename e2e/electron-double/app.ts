import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { closeBrowser } from './browser.ts';
import { claimInstance, type Claim } from './single-instance.ts';

/** An event whose usual consequence can be prevented. */
export const preventable = <Fields extends object>(fields: Fields): Fields & { defaultPrevented: boolean; preventDefault(): void } => {
  const event = { ...fields, defaultPrevented: false, preventDefault: () => void (event.defaultPrevented = true) };
  return event;
};

const closers = new Set<() => boolean>();
/** Windows close before the app quits; one that refuses keeps the app. */
export const closeBeforeQuit = (close: () => boolean): (() => void) => {
  closers.add(close);
  return () => void closers.delete(close);
};

class App extends EventEmitter {
  readonly isPackaged = false;
  readonly name = 'double';
  #isReady = false;
  #isEnding = false;
  #claim: Claim | undefined;
  readonly #paths = new Map<string, string>();
  readonly #root = rootOf(process.argv[1] ?? process.cwd());

  constructor() {
    super();
    setImmediate(() => {
      this.#isReady = true;
      this.emit('ready');
    });
  }

  isReady(): boolean {
    return this.#isReady;
  }
  whenReady(): Promise<void> {
    return this.#isReady ? Promise.resolve() : new Promise((resolve) => this.once('ready', () => resolve()));
  }
  getAppPath(): string {
    return this.#root;
  }
  getName(): string {
    return this.name;
  }
  getVersion(): string {
    const { version } = JSON.parse(readFileSync(join(this.#root, 'package.json'), 'utf8')) as { version: string };
    return version;
  }
  getPath(name: string): string {
    return this.#paths.get(name) ?? join(tmpdir(), `electron-double-${process.pid}`, name);
  }
  setPath(name: string, path: string): void {
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path} does not exist`);
    this.#paths.set(name, path);
  }
  getLocale(): string {
    return this.getPreferredSystemLanguages()[0] ?? 'en-US';
  }
  getPreferredSystemLanguages(): string[] {
    return (process.env['LANGUAGE'] ?? process.env['LANG'] ?? 'en_US').split(':').map((name) => name.replace(/\..*/, '').replace('_', '-'));
  }

  requestSingleInstanceLock(additionalData: unknown = {}): boolean {
    const folder = this.getPath('userData');
    mkdirSync(folder, { recursive: true });
    this.#claim ??= claimInstance(folder, { argv: process.argv, workingFolder: process.cwd(), additionalData }, (second) =>
      this.emit('second-instance', preventable({}), second.argv, second.workingFolder, second.additionalData),
    );
    return this.#claim.isFirst;
  }

  quit(): void {
    if (this.#isEnding) return;
    const event = preventable({});
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    for (const close of closers) if (!close()) return;
    const last = preventable({});
    this.emit('will-quit', last);
    if (last.defaultPrevented) return;
    void this.#end(0);
  }
  exit(code = 0): void {
    void this.#end(code);
  }

  async #end(code: number): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    // Electron has told the first instance before requestSingleInstanceLock returns; here that may still be under way.
    await this.#claim?.told;
    await closeBrowser();
    this.emit('quit', {}, code);
    process.exit(code);
  }
}

/** The folder of the package.json above the program, which Electron calls the app's path. */
const rootOf = (path: string): string => (existsSync(join(path, 'package.json')) || dirname(path) === path ? path : rootOf(dirname(path)));

export const app = new App();
