import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';

/*
 * Runs in a forked process: gives it Electron's process.parentPort, then loads the utility process's own file. Messages that come
 * before it listens wait, as in Electron.
 */
class ParentPort extends EventEmitter {
  readonly #waiting: unknown[] = [];

  constructor() {
    super();
    process.on('message', ({ copy }: { copy: unknown }) => {
      // One that comes while others still wait is behind them.
      if (this.listenerCount('message') === 0 || this.#waiting.length > 0) this.#waiting.push(copy);
      else this.emit('message', { data: copy, ports: [] });
    });
    this.on('newListener', (name) => {
      if (name === 'message') setImmediate(() => this.#waiting.splice(0).forEach((data) => this.emit('message', { data, ports: [] })));
    });
  }
  postMessage(message: unknown): void {
    process.send?.(message);
  }
}

const [entry = '', ...args] = process.argv.slice(2);
process.argv.splice(1, process.argv.length - 1, entry, ...args);
Object.assign(process, { parentPort: new ParentPort() });
// Electron ends utility processes with the main process.
process.on('disconnect', () => process.exit());
await import(pathToFileURL(entry).href);
