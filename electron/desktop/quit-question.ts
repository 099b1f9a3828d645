import { desktopText, type DesktopText } from '../../shared/words/desktop.ts';
import type { Locale } from '../../shared/words/format.ts';

/** Hide and go on; or start nothing more, also next time, and end; or end. */
type QuitAnswer = 'background' | 'pause' | 'stop';

interface QuitQuestion {
  readonly title: string;
  readonly message: string;
  readonly detail: string;
  readonly buttons: string[];
  /** The button that Enter presses. */
  readonly defaultId: number;
  /** What closing the question means. */
  readonly cancelId: number;
}

/** The answers in the order of their buttons. */
const answers: readonly (readonly [QuitAnswer, DesktopText])[] = [
  ['background', 'quit-background'],
  ['pause', 'quit-pause'],
  ['stop', 'quit-stop'],
];

/** What is asked when somebody quits while jobs run. Enter and Escape both leave everything running. */
export const quitQuestion = (running: number, locale: Locale): QuitQuestion => {
  const background = answers.findIndex(([answer]) => answer === 'background');
  return {
    title: desktopText('quit-title', locale),
    message: desktopText('quit-question', locale, { running }),
    detail: desktopText('quit-detail', locale),
    buttons: answers.map(([, text]) => desktopText(text, locale)),
    defaultId: background,
    cancelId: background,
  };
};

/** The answer that a button stands for. */
export const quitAnswer = (button: number): QuitAnswer => {
  const answer = answers[button];
  if (!answer) throw new Error(`the question has no button ${button}`);
  return answer[0];
};
