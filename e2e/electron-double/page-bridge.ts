import type { CDPSession, Page } from 'playwright';
import { createCodec } from './codec.ts';
import { checkTransfer, cloned, type MessagePortMain, type PortEnd } from './message-ports.ts';
import { shimSource, type FromPage, type ToPage } from './page-shim.ts';

const codec = createCodec();
const binding = '__electronDoubleOut';
const door = '__electronDoubleIn';

/** The way between main and the preload of one page: messages, ports and the paths of files. */
export interface PageBridge {
  send(channel: string, args: unknown[], transfer?: unknown[]): void;
}

interface BridgeOptions {
  readonly page: Page;
  /** Text of the preload. */
  readonly preload: string;
  onIpc(channel: string, args: unknown[]): void;
}

export const bridgePage = async ({ page, preload, onIpc }: BridgeOptions): Promise<PageBridge> => {
  const cdp = await page.context().newCDPSession(page);
  const ports = new Map<number, MessagePortMain>();
  let portCount = 0;

  const tell = (message: ToPage): void => {
    const expression = `globalThis[${JSON.stringify(door)}]?.receive(${JSON.stringify(message)})`;
    // Sent in order, and so run in order. A page that has gone hears nothing, as in Electron.
    cdp.send('Runtime.evaluate', { expression }).catch(() => {});
  };
  const endAll = (): void => {
    const ended = [...ports.values()];
    ports.clear();
    for (const port of ended) port.end.disconnected();
  };
  const adopt = (local: MessagePortMain, waiting: readonly unknown[]): number => {
    const number = (portCount += 1);
    const end: PortEnd = {
      receive: (message) => tell({ kind: 'port-message', port: number, data: codec.encode(message) }),
      disconnected: () => ports.delete(number) && tell({ kind: 'port-closed', port: number }),
    };
    ports.set(number, local);
    local.entangle(end);
    // After the message that carries the port itself.
    queueMicrotask(() => waiting.forEach((message) => end.receive(message)));
    return number;
  };

  const hear = (message: FromPage): void => {
    switch (message.kind) {
      case 'document':
        // The document before this one is gone, and its ports with it.
        return endAll();
      case 'ipc':
        return onIpc(message.channel, codec.decode(message.args) as unknown[]);
      case 'port-message':
        return ports.get(message.port)?.end.receive(codec.decode(message.data));
      case 'port-closed': {
        const port = ports.get(message.port);
        ports.delete(message.port);
        return port?.end.disconnected();
      }
      case 'path-wanted':
        void pathOf(cdp, message.file).then((path) => tell({ kind: 'path', file: message.file, path }));
    }
  };

  cdp.on('Runtime.bindingCalled', ({ name, payload }) => {
    if (name === binding) hear(JSON.parse(payload) as FromPage);
  });
  page.on('close', endAll);
  page.on('crash', endAll);
  await cdp.send('Runtime.enable');
  await cdp.send('Page.enable');
  await cdp.send('Runtime.addBinding', { name: binding });
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: shimSource(createCodec, preload, { binding, door }) });

  return {
    send: (channel, args, transfer = []) => {
      checkTransfer(transfer);
      const copies = cloned(args);
      const numbers: number[] = [];
      for (const port of transfer) port.transfer((other, waiting) => numbers.push(adopt(other, waiting)));
      tell({ kind: 'ipc', channel, args: codec.encode(copies), ports: numbers });
    },
  };
};

/** Where a file that a person chose or dropped lies; empty for one that a script made. */
const pathOf = async (cdp: CDPSession, file: number): Promise<string> => {
  const expression = `globalThis[${JSON.stringify(door)}].fileAsked(${file})`;
  const { result } = await cdp.send('Runtime.evaluate', { expression });
  if (result.objectId === undefined) return '';
  const { path } = await cdp.send('DOM.getFileInfo', { objectId: result.objectId });
  return path;
};
