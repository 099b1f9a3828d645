import { app } from './app.ts';
import { browser } from './browser.ts';
import { BrowserWindow } from './browser-window.ts';
import { answerDialog, clickItem, Menu, nativeTheme, Notification, recordedItems, Tray } from './desktop-parts.ts';
import { written, type Recorded } from './record.ts';
import { askPermission } from './session.ts';

/** What a test may ask of the double, as a person at the desktop would do it. */
export type Wish =
  | { do: 'address' }
  | { do: 'recorded' }
  | { do: 'choose-in-tray'; labels: string[] }
  | { do: 'click-tray' }
  | { do: 'click-notification'; index: number }
  | { do: 'answer-dialog'; response: number }
  | { do: 'close-window' }
  | { do: 'blur-window' }
  | { do: 'focus-window' }
  | { do: 'move-window'; bounds: { x: number; y: number; width: number; height: number } }
  | { do: 'ask-permission'; permission: string }
  | { do: 'quit' };

export interface Wished {
  readonly id: number;
  readonly wish: Wish;
}
export interface Answered {
  readonly id: number;
  readonly answer: unknown;
}

const grant = async (wish: Wish): Promise<unknown> => {
  const [window] = BrowserWindow.getAllWindows();
  switch (wish.do) {
    case 'address':
      return (await browser()).debuggingAddress;
    case 'recorded':
      return recorded();
    case 'choose-in-tray':
      return clickItem(Tray.latest?.menu?.template ?? [], wish.labels);
    case 'click-tray':
      return Tray.latest?.emit('click');
    case 'click-notification':
      return Notification.shown[wish.index]?.emit('click') ?? false;
    case 'answer-dialog':
      return answerDialog(wish.response);
    case 'close-window':
      return window?.close();
    case 'blur-window':
      return window?.blur();
    case 'focus-window':
      return window?.focus();
    case 'move-window':
      return window?.setBounds(wish.bounds);
    case 'ask-permission':
      return askPermission(wish.permission);
    case 'quit':
      return app.quit();
  }
};

const recorded = (): Recorded => ({
  ...written,
  tray: Tray.latest && { tooltip: Tray.latest.tooltip, menu: recordedItems(Tray.latest.menu?.template ?? []) },
  menu: recordedItems(Menu.getApplicationMenu()?.template ?? []),
  windows: BrowserWindow.getAllWindows().map((window) => ({
    title: window.getTitle(),
    isVisible: window.isVisible(),
    isFocused: window.isFocused(),
    isMaximized: window.isMaximized(),
    address: window.webContents.getURL(),
  })),
  themeSource: nativeTheme.themeSource,
});

process.on('message', (message: Wished) => {
  void grant(message.wish).then((answer) => process.send?.({ id: message.id, answer } satisfies Answered));
});
// The test's channel does not keep the app alive, and a test that has gone takes its app with it.
process.channel?.unref();
process.on('disconnect', () => app.exit(1));
