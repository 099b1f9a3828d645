import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Download, Page, Route } from 'playwright';
import { toApp, toBrowser } from './addresses.ts';
import { app, closeBeforeQuit, preventable } from './app.ts';
import { browser } from './browser.ts';
import { bridgePage, type PageBridge } from './page-bridge.ts';
import { written } from './record.ts';
import { answerByHandler, readForSaving, standardSchemes } from './schemes.ts';

interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface WindowOptions extends Partial<Bounds> {
  readonly show?: boolean;
  readonly title?: string;
  readonly webPreferences?: {
    readonly preload?: string;
    readonly contextIsolation?: boolean;
    readonly sandbox?: boolean;
    readonly nodeIntegration?: boolean;
  };
}

type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' };

class WebContents extends EventEmitter {
  readonly #window: BrowserWindow;
  openHandler: OpenHandler = () => ({ action: 'allow' });

  constructor(window: BrowserWindow) {
    super();
    this.#window = window;
  }
  getURL(): string {
    return toApp(this.#window.page?.url() ?? '', standardSchemes());
  }
  isDestroyed(): boolean {
    return this.#window.isDestroyed();
  }
  send(channel: string, ...args: unknown[]): void {
    this.#window.bridge?.send(channel, args);
  }
  postMessage(channel: string, message: unknown, transfer: unknown[] = []): void {
    this.#window.bridge?.send(channel, [message], transfer);
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }
  reload(): void {
    this.#window.page?.reload().catch(() => {});
  }
}

const windows = new Set<BrowserWindow>();

export class BrowserWindow extends EventEmitter {
  static getAllWindows(): BrowserWindow[] {
    return [...windows];
  }

  readonly webContents = new WebContents(this);
  page: Page | undefined;
  bridge: PageBridge | undefined;
  readonly #opened: Promise<void>;
  readonly #keepFromQuitting: () => void;
  readonly #title: string;
  #bounds: Bounds;
  #isVisible: boolean;
  #isFocused = false;
  #isMaximized = false;
  #isDestroyed = false;
  /** Set while the app itself loads an address, which is not the page's own wish to go somewhere. */
  #isLoading = false;

  constructor(options: WindowOptions = {}) {
    super();
    const { contextIsolation = true, sandbox = true, nodeIntegration = false, preload } = options.webPreferences ?? {};
    if (!contextIsolation || !sandbox || nodeIntegration) throw new Error('the double only knows isolated, sandboxed pages without Node');
    this.#title = options.title ?? '';
    this.#bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 };
    this.#isVisible = options.show ?? true;
    windows.add(this);
    this.#keepFromQuitting = closeBeforeQuit(() => this.#close());
    this.#opened = this.#open(preload === undefined ? '' : readFileSync(preload, 'utf8'));
  }

  async loadURL(address: string): Promise<void> {
    await this.#opened;
    this.#isLoading = true;
    try {
      await this.page?.goto(toBrowser(address, standardSchemes()));
    } finally {
      this.#isLoading = false;
    }
  }

  close(): void {
    this.#close();
  }
  destroy(): void {
    this.#destroy();
  }
  show(): void {
    this.#isVisible = true;
    this.emit('show');
    this.focus();
  }
  hide(): void {
    this.#isVisible = false;
    this.blur();
    this.emit('hide');
  }
  focus(): void {
    if (this.#isFocused || !this.#isVisible) return;
    this.#isFocused = true;
    this.emit('focus');
  }
  blur(): void {
    if (!this.#isFocused) return;
    this.#isFocused = false;
    this.emit('blur');
  }
  maximize(): void {
    this.#isMaximized = true;
    this.emit('maximize');
  }
  minimize(): void {
    this.hide();
  }
  restore(): void {
    this.show();
  }
  setBounds(bounds: Partial<Bounds>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    this.emit('resize');
  }
  getBounds(): Bounds {
    return { ...this.#bounds };
  }
  getNormalBounds(): Bounds {
    return { ...this.#bounds };
  }
  getTitle(): string {
    return this.#title;
  }
  isVisible(): boolean {
    return this.#isVisible;
  }
  isFocused(): boolean {
    return this.#isFocused;
  }
  isMaximized(): boolean {
    return this.#isMaximized;
  }
  isMinimized(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  async #open(preload: string): Promise<void> {
    const { context } = await browser();
    const [first] = context.pages();
    const page = first && windows.size === 1 ? first : await context.newPage();
    this.page = page;
    await page.setViewportSize({ width: this.#bounds.width, height: this.#bounds.height });
    await page.route('**/*', (route) => this.#route(route));
    this.bridge = await bridgePage({
      page,
      preload,
      onIpc: (channel, args) => this.webContents.emit('ipc-message', preventable({}), channel, ...args),
    });
    page.on('domcontentloaded', () => this.webContents.emit('dom-ready'));
    page.once('load', () => this.emit('ready-to-show'));
    page.on('load', () => this.webContents.emit('did-finish-load'));
    page.on('crash', () => this.webContents.emit('render-process-gone', {}, { reason: 'crashed' }));
    page.on('popup', (popup) => void this.#popup(popup));
    page.on('download', (download) => void this.#save(download));
    page.on('close', () => this.#destroy());
  }

  /** Every request of the page comes by here, so that none reaches a network that Electron would not have asked. */
  async #route(route: Route): Promise<void> {
    const request = route.request();
    const address = toApp(request.url(), standardSchemes());
    if (request.isNavigationRequest() && !this.#isLoading) {
      const isMainFrame = request.frame() === this.page?.mainFrame();
      const event = preventable({ url: address, isMainFrame, isSameDocument: false });
      if (isMainFrame) this.webContents.emit('will-navigate', event, address);
      this.webContents.emit('will-frame-navigate', event);
      if (event.defaultPrevented) {
        written.preventedNavigations.push(address);
        // An answer without content leaves the page that asked where it is.
        return route.fulfill({ status: 204 });
      }
    }
    return address === request.url() ? route.continue() : answerByHandler(route);
  }

  async #popup(popup: Page): Promise<void> {
    // The new window is there for a moment before it is closed; Electron would not have made it.
    const address = toApp(popup.url(), standardSchemes());
    if (this.webContents.openHandler({ url: address }).action === 'allow') return;
    written.deniedWindows.push(address);
    await popup.close();
  }

  /** As if a person had chosen the proposed name in the dialog that Electron shows. */
  async #save(download: Download): Promise<void> {
    const folder = join((await browser()).profile, 'saved', String(written.downloads.length));
    const name = download.suggestedFilename();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, name), await readForSaving(toApp(download.url(), standardSchemes())));
    written.downloads.push({ name, path: join(folder, name) });
  }

  #close(): boolean {
    if (this.#isDestroyed) return true;
    const event = preventable({});
    this.emit('close', event);
    if (event.defaultPrevented) return false;
    this.#destroy();
    return true;
  }

  #destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    windows.delete(this);
    this.#keepFromQuitting();
    void this.#opened.then(() => this.page?.close().catch(() => {}));
    this.webContents.emit('destroyed');
    this.emit('closed');
    if (windows.size > 0) return;
    if (app.listenerCount('window-all-closed') > 0) app.emit('window-all-closed');
    else app.quit();
  }
}
