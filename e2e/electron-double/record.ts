/** What a test can look at: everything the app gave to the desktop, in a form that travels between processes. */
export interface Recorded {
  readonly tray: { readonly tooltip: string; readonly menu: readonly RecordedMenuItem[] } | undefined;
  readonly menu: readonly RecordedMenuItem[];
  readonly notifications: readonly { readonly title: string; readonly body: string }[];
  readonly dialogs: readonly {
    readonly kind: 'message' | 'error';
    readonly title: string;
    readonly message: string;
    readonly buttons: readonly string[];
  }[];
  readonly openedOutside: readonly string[];
  readonly deniedWindows: readonly string[];
  readonly preventedNavigations: readonly string[];
  /** Files that a person has saved, and where they now are. */
  readonly downloads: readonly { readonly name: string; readonly path: string }[];
  readonly permissions: readonly { readonly permission: string; readonly isGranted: boolean }[];
  readonly windows: readonly {
    readonly title: string;
    readonly isVisible: boolean;
    readonly isFocused: boolean;
    readonly isMaximized: boolean;
    readonly address: string;
  }[];
  readonly themeSource: string;
  /** Whether the app registered what Electron otherwise would allow. */
  readonly schemes: readonly string[];
}

export interface RecordedMenuItem {
  readonly label: string;
  readonly type: string;
  readonly isEnabled: boolean;
  readonly isChecked: boolean;
  readonly items: readonly RecordedMenuItem[];
}

/** What the parts of the double write down as it happens. */
export const written = {
  notifications: [] as { title: string; body: string }[],
  dialogs: [] as { kind: 'message' | 'error'; title: string; message: string; buttons: string[] }[],
  openedOutside: [] as string[],
  deniedWindows: [] as string[],
  preventedNavigations: [] as string[],
  downloads: [] as { name: string; path: string }[],
  permissions: [] as { permission: string; isGranted: boolean }[],
  schemes: [] as string[],
};
