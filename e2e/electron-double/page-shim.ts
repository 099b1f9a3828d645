import type { createCodec as CreateCodec } from './codec.ts';

export type ToPage =
  | { kind: 'ipc'; channel: string; args: string; ports: number[] }
  | { kind: 'port-message'; port: number; data: string }
  | { kind: 'port-closed'; port: number }
  | { kind: 'path'; file: number; path: string };

export type FromPage =
  | { kind: 'document'; address: string }
  | { kind: 'ipc'; channel: string; args: string }
  | { kind: 'port-message'; port: number; data: string }
  | { kind: 'port-closed'; port: number }
  | { kind: 'path-wanted'; file: number };

export interface ShimOptions {
  /** Name of the function by which the page reaches the double; taken away before anything else runs. */
  readonly binding: string;
  /** Name of the object by which the double reaches the page; not enumerable. */
  readonly door: string;
}

/** The script that stands in for Electron's preload world; it runs before every script of the page. */
export const shimSource = (createCodec: typeof CreateCodec, preload: string, options: ShimOptions): string =>
  // The preload's text stands in the script itself, because the page's policy lets nobody make code from text.
  `(${pageShim.toString()})((${createCodec.toString()})(), ${JSON.stringify(options)}, (require, module, exports) => {\n${preload}\n});`;

/* Everything below runs in the page: its source is sent there, so it refers to nothing outside itself but types. */

interface DomFile {
  readonly name: string;
}
interface DomEvent {
  readonly target: DomTarget | null;
  readonly type: string;
  readonly dataTransfer?: { files: Iterable<DomFile>; items: { add(file: DomFile): void } } | null;
  readonly data?: unknown;
  readonly ports?: readonly DomPort[];
  readonly clientX?: number;
  readonly clientY?: number;
  preventDefault(): void;
  stopImmediatePropagation(): void;
}
interface DomTarget {
  readonly files?: Iterable<DomFile> | null;
  dispatchEvent(event: object): void;
}
interface DomPort {
  onmessage: ((event: { data: unknown; ports: readonly unknown[] }) => void) | null;
  postMessage(message: unknown): void;
  dispatchEvent(event: object): void;
  close(): void;
}
interface DomWindow {
  readonly top: unknown;
  readonly location: { readonly href: string };
  postMessage(message: unknown, target: string, transfer?: object[]): void;
  addEventListener(type: string, listener: (event: DomEvent) => void, capture: boolean): void;
  readonly File: new () => DomFile;
  readonly MessageChannel: new () => { port1: DomPort; port2: DomPort };
  readonly Event: new (type: string, options?: object) => object;
  readonly DragEvent: new (type: string, options: object) => object;
  readonly DataTransfer: new () => NonNullable<DomEvent['dataTransfer']>;
}

type Preload = (require: (name: string) => unknown, module: object, exports: object) => void;

const pageShim = (codec: ReturnType<typeof CreateCodec>, options: ShimOptions, preload: Preload): void => {
  const page = globalThis as unknown as DomWindow & Record<string, unknown>;
  const raw = page[options.binding] as ((text: string) => void) | undefined;
  Reflect.deleteProperty(page, options.binding);
  if (!raw || page.top !== page || page.location.href === 'about:blank') return;
  const post = (message: FromPage): void => raw(JSON.stringify(message));

  // ── ports ──
  const inner = new Map<number, DomPort>();
  const outer = new Map<number, DomPort>();
  const numbers = new Map<object, number>();
  const underway: number[] = [];

  const openPort = (number: number): DomPort => {
    const { port1, port2 } = new page.MessageChannel();
    inner.set(number, port1);
    numbers.set(port2, number);
    port1.onmessage = ({ data, ports }) => {
      if (ports.length > 0) throw new Error('the double carries no ports from a page to main');
      post({ kind: 'port-message', port: number, data: codec.encode(data) });
    };
    return port2;
  };
  const closePort = (number: number): void => {
    inner.get(number)?.close();
    inner.delete(number);
    // Electron adds this event to the web's ports; Chromium has none.
    outer.get(number)?.dispatchEvent(new page.Event('close'));
    outer.delete(number);
  };

  // A port that travels arrives as another object; messages to one's own window arrive in order, so it can be known again.
  const postMessage = page.postMessage.bind(page);
  page.postMessage = (message, target, transfer = []) => {
    for (const item of transfer) {
      const number = numbers.get(item);
      if (number !== undefined) underway.push(number);
    }
    postMessage(message, target, transfer);
  };
  const knowPorts = (event: DomEvent): void => {
    for (const port of event.ports ?? []) {
      const number = underway.shift();
      if (number === undefined) return;
      outer.set(number, port);
      const close = port.close.bind(port);
      port.close = () => {
        outer.delete(number);
        inner.delete(number);
        close();
        post({ kind: 'port-closed', port: number });
      };
    }
  };
  page.addEventListener('message', knowPorts, true);

  // ── ipcRenderer ──
  type Listener = (event: { sender: object; ports: readonly DomPort[] }, ...args: unknown[]) => void;
  const listeners = new Map<string, Set<Listener>>();
  const listenersOf = (channel: string): Set<Listener> => {
    const found = listeners.get(channel) ?? new Set<Listener>();
    listeners.set(channel, found);
    return found;
  };
  const ipcRenderer = {
    on: (channel: string, listener: Listener) => {
      listenersOf(channel).add(listener);
      return ipcRenderer;
    },
    off: (channel: string, listener: Listener) => {
      listenersOf(channel).delete(listener);
      return ipcRenderer;
    },
    send: (channel: string, ...args: unknown[]) => post({ kind: 'ipc', channel, args: codec.encode(args) }),
  };

  // ── paths of files, which the double must ask the browser for before the page may see the event ──
  const paths = new WeakMap<DomFile, string>();
  const asked = new Map<number, { file: DomFile; told: (path: string) => void }>();
  let askedCount = 0;
  const learn = (file: DomFile): Promise<void> =>
    new Promise((resolve) => {
      askedCount += 1;
      asked.set(askedCount, { file, told: (path) => (paths.set(file, path), resolve()) });
      post({ kind: 'path-wanted', file: askedCount });
    });
  const learnFirst = (files: Iterable<DomFile>, event: DomEvent, again: (files: DomFile[]) => object[]): void => {
    const all = [...files];
    const unknown = all.filter((file) => !paths.has(file));
    if (unknown.length === 0 || !event.target) return;
    const { target } = event;
    event.preventDefault();
    event.stopImmediatePropagation();
    void Promise.all(unknown.map(learn)).then(() => again(all).forEach((next) => target.dispatchEvent(next)));
  };
  const onChosen = (event: DomEvent): void => {
    // The input event comes first and would be repeated with the change event.
    learnFirst(event.target?.files ?? [], event, () =>
      event.type === 'change' ? ['input', 'change'].map((type) => new page.Event(type, { bubbles: true, composed: true })) : [],
    );
  };
  const onDropped = (event: DomEvent): void => {
    const { clientX, clientY } = event;
    learnFirst(event.dataTransfer?.files ?? [], event, (files) => {
      const dataTransfer = new page.DataTransfer();
      for (const file of files) dataTransfer.items.add(file);
      return [new page.DragEvent('drop', { bubbles: true, cancelable: true, composed: true, dataTransfer, clientX, clientY })];
    });
  };
  page.addEventListener('input', onChosen, true);
  page.addEventListener('change', onChosen, true);
  page.addEventListener('drop', onDropped, true);
  const webUtils = {
    getPathForFile: (file: unknown): string => {
      if (!(file instanceof page.File)) throw new TypeError('Failed to convert value to a File');
      return paths.get(file) ?? '';
    },
  };

  // ── contextBridge ──
  const bridged = (value: unknown): unknown => {
    if (typeof value === 'function') return (...args: unknown[]) => structuredClone((value as (...args: unknown[]) => unknown)(...args));
    if (typeof value !== 'object' || value === null) return value;
    return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, field]) => [key, bridged(field)])));
  };
  const contextBridge = {
    exposeInMainWorld: (key: string, value: unknown) =>
      Object.defineProperty(page, key, { value: bridged(value), enumerable: true, writable: false, configurable: false }),
  };

  // ── the double's way in ──
  const receive = (message: ToPage): void => {
    if (message.kind === 'port-message') return inner.get(message.port)?.postMessage(codec.decode(message.data));
    if (message.kind === 'port-closed') return closePort(message.port);
    if (message.kind === 'path') {
      asked.get(message.file)?.told(message.path);
      asked.delete(message.file);
      return;
    }
    const ports = message.ports.map(openPort);
    for (const listener of listenersOf(message.channel)) {
      listener({ sender: ipcRenderer, ports }, ...(codec.decode(message.args) as unknown[]));
    }
  };
  const fileAsked = (number: number): DomFile | undefined => asked.get(number)?.file;
  Object.defineProperty(page, options.door, { value: { receive, fileAsked }, enumerable: false });
  post({ kind: 'document', address: page.location.href });

  const electron = { contextBridge, ipcRenderer, webUtils };
  const require = (name: string): unknown => {
    if (name === 'electron') return electron;
    throw new Error(`module not found: ${name}`);
  };
  const module = { exports: {} };
  preload(require, module, module.exports);
};
