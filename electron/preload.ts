import { contextBridge, ipcRenderer, webUtils } from 'electron';

/*
 * All that the page gets from the desktop: one port to the core, and the paths of files that a person dropped or chose.
 * The port waits here until the page asks for it, because a message to a page that does not listen yet is lost.
 */

// A sandboxed preload runs in a page, but the Electron side is type-checked without the DOM.
interface Page {
  readonly location: { readonly origin: string };
  postMessage(message: unknown, targetOrigin: string, transfer: readonly object[]): void;
  addEventListener(type: 'message', listener: (event: { readonly source: unknown; readonly data: unknown }) => void): void;
}
const page = globalThis as unknown as Page;

let isWanted = false;
let waiting: readonly object[] | undefined;

const hand = (): void => {
  if (!isWanted || !waiting) return;
  page.postMessage({ type: 'switchyard-port' }, page.location.origin, waiting);
  waiting = undefined;
};

ipcRenderer.on('switchyard-port', ({ ports }) => {
  waiting = ports;
  hand();
});

page.addEventListener('message', ({ source, data }) => {
  if (source !== page || typeof data !== 'object' || data === null || !('type' in data) || data.type !== 'switchyard-port-wanted') return;
  isWanted = true;
  hand();
});

contextBridge.exposeInMainWorld('switchyardDesktop', { pathOf: (file: File) => webUtils.getPathForFile(file) });
