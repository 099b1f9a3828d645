import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { written, type RecordedMenuItem } from './record.ts';

interface MenuTemplate {
  readonly label?: string;
  readonly type?: string;
  readonly role?: string;
  readonly enabled?: boolean;
  readonly checked?: boolean;
  readonly click?: () => void;
  readonly submenu?: readonly MenuTemplate[];
}

export class Menu {
  static #application: Menu | null = null;
  readonly template: readonly MenuTemplate[];

  private constructor(template: readonly MenuTemplate[]) {
    this.template = template;
  }
  static buildFromTemplate(template: readonly MenuTemplate[]): Menu {
    for (const item of template) checkItem(item);
    return new Menu(template);
  }
  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application = menu;
  }
  static getApplicationMenu(): Menu | null {
    return Menu.#application;
  }
}

const checkItem = ({ label, type, role, submenu }: MenuTemplate): void => {
  if (type !== 'separator' && label === undefined && role === undefined)
    throw new TypeError('Invalid template for MenuItem: must have label, role or type');
  submenu?.forEach(checkItem);
};

export const recordedItems = (template: readonly MenuTemplate[]): RecordedMenuItem[] =>
  template.map(({ label = '', type, role, enabled = true, checked = false, submenu = [] }) => ({
    label: label === '' ? (role ?? '') : label,
    type: type ?? (submenu.length > 0 ? 'submenu' : 'normal'),
    isEnabled: enabled,
    isChecked: checked,
    items: recordedItems(submenu),
  }));

/** Clicks the item that a person would find by these labels; false when there is none that can be clicked. */
export const clickItem = (template: readonly MenuTemplate[], [label, ...rest]: readonly string[]): boolean => {
  const item = template.find((candidate) => candidate.label === label);
  if (!item || item.enabled === false) return false;
  if (rest.length > 0) return clickItem(item.submenu ?? [], rest);
  item.click?.();
  return item.click !== undefined;
};

export class Tray extends EventEmitter {
  static latest: Tray | undefined;
  tooltip = '';
  menu: Menu | null = null;

  constructor(image: unknown) {
    super();
    if (image instanceof NativeImage && image.isEmpty()) throw new Error('the tray was given an empty image');
    Tray.latest = this;
  }
  setToolTip(text: string): void {
    this.tooltip = text;
  }
  setContextMenu(menu: Menu | null): void {
    this.menu = menu;
  }
  isDestroyed(): boolean {
    return Tray.latest !== this;
  }
  destroy(): void {
    Tray.latest = undefined;
  }
}

class NativeImage {
  readonly #path: string;
  constructor(path: string) {
    this.#path = path;
  }
  isEmpty(): boolean {
    return !existsSync(this.#path);
  }
  setTemplateImage(): void {}
}
export const nativeImage = { createFromPath: (path: string): NativeImage => new NativeImage(path) };

export class Notification extends EventEmitter {
  static readonly shown: Notification[] = [];
  static isSupported(): boolean {
    return true;
  }
  readonly title: string;
  readonly body: string;

  constructor({ title = '', body = '' }: { title?: string; body?: string }) {
    super();
    this.title = title;
    this.body = body;
  }
  show(): void {
    Notification.shown.push(this);
    written.notifications.push({ title: this.title, body: this.body });
    this.emit('show');
  }
  close(): void {
    this.emit('close');
  }
}

interface MessageBox {
  readonly title?: string;
  readonly message: string;
  readonly buttons?: readonly string[];
}

const openQuestions: ((response: number) => void)[] = [];
/** Answers the question that has been open longest; false when none is open. */
export const answerDialog = (response: number): boolean => {
  const answer = openQuestions.shift();
  answer?.(response);
  return answer !== undefined;
};

export const dialog = {
  showMessageBox: (first: MessageBox | object, second?: MessageBox): Promise<{ response: number; checkboxChecked: boolean }> => {
    const { title = '', message, buttons = [] } = second ?? (first as MessageBox);
    written.dialogs.push({ kind: 'message', title, message, buttons: [...buttons] });
    return new Promise((resolve) => openQuestions.push((response) => resolve({ response, checkboxChecked: false })));
  },
  showErrorBox: (title: string, message: string): void => void written.dialogs.push({ kind: 'error', title, message, buttons: [] }),
};

export const shell = {
  openExternal: async (address: string): Promise<void> => void written.openedOutside.push(address),
};

class NativeTheme extends EventEmitter {
  #source = 'system';
  get themeSource(): string {
    return this.#source;
  }
  set themeSource(source: string) {
    this.#source = source;
    this.emit('updated');
  }
  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark';
  }
}
export const nativeTheme = new NativeTheme();

const display = {
  id: 1,
  workArea: { x: 0, y: 0, width: 1920, height: 1080 },
  bounds: { x: 0, y: 0, width: 1920, height: 1080 },
  scaleFactor: 1,
};
export const screen = Object.assign(new EventEmitter(), { getAllDisplays: () => [display], getPrimaryDisplay: () => display });
export const powerMonitor = new EventEmitter();
/** Absent, as on a desktop without a keyring. */
export const safeStorage = { isEncryptionAvailable: (): boolean => false };
export const ipcMain = Object.assign(new EventEmitter(), { handle: (): void => {}, removeHandler: (): void => {} });
