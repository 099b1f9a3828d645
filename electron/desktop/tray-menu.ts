import type { Status } from '../../shared/contract/app.ts';
import { desktopText } from '../../shared/words/desktop.ts';
import type { Locale } from '../../shared/words/format.ts';
import { sentenceOf } from '../../shared/words/reasons.ts';
import { themes, type ShellSettings, type Theme } from './shell-settings.ts';

/** What a click in the tray asks for. */
export type TrayAction =
  | { do: 'open' }
  | { do: 'open-job'; id: number }
  | { do: 'retry'; id: number }
  | { do: 'pause' }
  | { do: 'resume' }
  | { do: 'use-theme'; theme: Theme }
  | { do: 'close-to-tray'; isOn: boolean }
  | { do: 'quit' };

export type TrayItem =
  | { kind: 'text'; text: string }
  | { kind: 'line' }
  | { kind: 'action'; text: string; action: TrayAction }
  | { kind: 'check'; text: string; isOn: boolean; action: TrayAction }
  | { kind: 'choice'; text: string; options: { text: string; isChosen: boolean; action: TrayAction }[] };

export interface TrayState {
  /** Absent until the core has answered. */
  readonly status: Status | undefined;
  readonly settings: Pick<ShellSettings, 'theme' | 'closesToTray'>;
  /** False when the core is a headless one that the window only joined: quitting leaves it running. */
  readonly ownsCore: boolean;
}

/** The tray's menu: what runs and waits, why the first in line waits, the latest failure, and what can be done about it. */
export const trayMenu = ({ status, settings, ownsCore }: TrayState, locale: Locale): TrayItem[] => {
  const action = (text: string, act: TrayAction): TrayItem => ({ kind: 'action', text, action: act });
  return [
    { kind: 'text', text: trayTitle(status, locale) },
    ...(status ? failureItems(status, locale) : []),
    ...(status ? firstItems(status, locale) : []),
    { kind: 'line' },
    ...(status ? [pauseItem(status, locale)] : []),
    action(desktopText('tray-open', locale), { do: 'open' }),
    { kind: 'line' },
    themeItem(settings.theme, locale),
    {
      kind: 'check',
      text: desktopText('tray-close-to-tray', locale),
      isOn: settings.closesToTray,
      action: { do: 'close-to-tray', isOn: !settings.closesToTray },
    },
    { kind: 'line' },
    action(quitText(status, ownsCore, locale), { do: 'quit' }),
  ];
};

/** One line of counts, also the tray's tooltip. */
export const trayTitle = (status: Status | undefined, locale: Locale): string => {
  if (!status) return desktopText('tray-starting', locale);
  const { running, pending } = status.counts;
  const counts =
    running + pending === 0 ? desktopText('tray-idle', locale) : desktopText('tray-counts', locale, { running, waiting: pending });
  return status.isPaused ? `${counts} · ${desktopText('tray-paused', locale)}` : counts;
};

const failureItems = ({ latestFailure }: Status, locale: Locale): TrayItem[] => {
  if (!latestFailure) return [];
  const { id, name, state } = latestFailure;
  return [
    { kind: 'line' },
    { kind: 'text', text: desktopText('tray-failure', locale, { name: short(name) }) },
    ...('reason' in state ? [{ kind: 'text' as const, text: short(sentenceOf(state.reason, locale)) }] : []),
    { kind: 'action', text: desktopText('tray-failure-open', locale), action: { do: 'open-job', id } },
    { kind: 'action', text: desktopText('tray-failure-retry', locale, { name: short(name) }), action: { do: 'retry', id } },
  ];
};

const firstItems = ({ first }: Status, locale: Locale): TrayItem[] => {
  if (!first) return [];
  return [
    { kind: 'line' },
    { kind: 'action', text: desktopText('tray-first', locale, { name: short(first.name) }), action: { do: 'open-job', id: first.id } },
    ...(first.wait ? [{ kind: 'text' as const, text: short(sentenceOf(first.wait, locale)) }] : []),
  ];
};

const pauseItem = ({ isPaused }: Status, locale: Locale): TrayItem =>
  isPaused
    ? { kind: 'action', text: desktopText('tray-resume', locale), action: { do: 'resume' } }
    : { kind: 'action', text: desktopText('tray-pause', locale), action: { do: 'pause' } };

const themeItem = (chosen: Theme, locale: Locale): TrayItem => ({
  kind: 'choice',
  text: desktopText('tray-theme', locale),
  options: themes.map((theme) => ({
    text: desktopText(`tray-theme-${theme}`, locale),
    isChosen: theme === chosen,
    action: { do: 'use-theme', theme },
  })),
});

const quitText = (status: Status | undefined, ownsCore: boolean, locale: Locale): string => {
  if (!ownsCore) return desktopText('tray-detach', locale);
  const running = status?.counts.running ?? 0;
  return running === 0 ? desktopText('tray-quit', locale) : desktopText('tray-quit-running', locale, { running });
};

/** Menus of some desktops grow as wide as their longest line. */
const longest = 90;
const short = (text: string): string => {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
};
