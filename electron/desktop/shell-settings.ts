import type { WindowState } from './window-state.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** What belongs to the window alone; system settings live in the journal, where every shell sees them. */
export interface ShellSettings {
  readonly window: WindowState | undefined;
  readonly theme: Theme;
  /** Closing the window leaves Switchyard in the tray. */
  readonly closesToTray: boolean;
}

/** A place that keeps plain values by name, such as electron-store. */
export interface SettingsFile {
  get(name: keyof ShellSettings): unknown;
  set(name: keyof ShellSettings, value: unknown): void;
}

/** The settings as they were kept; what is absent or not understood has its usual value. The window's state is checked where it is used. */
export const readShellSettings = (file: SettingsFile): Omit<ShellSettings, 'window'> => {
  const theme = themes.find((known) => known === file.get('theme'));
  return { theme: theme ?? 'system', closesToTray: file.get('closesToTray') !== false };
};
