import { app, dialog, powerMonitor } from 'electron';
import type { Locale } from '../../shared/words/format.ts';
import type { DesktopCore } from './desktop-core.ts';
import { decideQuit } from './quit-decision.ts';
import { quitAnswer, quitQuestion } from './quit-question.ts';

interface QuitOptions {
  readonly locale: Locale;
  /** Undefined until a core was joined. */
  core(): DesktopCore | undefined;
  /** Hides the window and leaves the rest running. */
  goToBackground(): void;
  onBug(error: unknown): void;
}

export interface Quit {
  isEnding(): boolean;
  /** Ends without a question. */
  end(): void;
}

/** Every way to quit comes through here: it asks once while jobs run, ends an own core in order, and then ends. */
export const setUpQuit = ({ locale, core, goToBackground, onBug }: QuitOptions): Quit => {
  let isAsking = false;
  let isEnding = false;
  let isShuttingDown = false;
  // Registered only once it is there: the module may not be used before the app is ready.
  void app.whenReady().then(() => powerMonitor.on('shutdown', () => (isShuttingDown = true)));

  const runningJobs = (): number => core()?.status()?.counts.running ?? 0;
  const end = async ({ pauses = false } = {}): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    // A core that can no longer be paused is about to end by itself.
    if (pauses) await core()?.current().client.scheduler.pause().catch(onBug);
    try {
      await core()?.close();
    } finally {
      app.quit();
    }
  };
  const ask = async (): Promise<void> => {
    isAsking = true;
    const { response } = await dialog.showMessageBox({ type: 'question', noLink: true, ...quitQuestion(runningJobs(), locale) });
    isAsking = false;
    // The question may have been answered by quitting a second time.
    if (isEnding) return;
    const answer = quitAnswer(response);
    if (answer === 'background') goToBackground();
    else await end({ pauses: answer === 'pause' });
  };

  app.on('before-quit', (event) => {
    if (isEnding) return;
    event.preventDefault();
    const decision = decideQuit({ ownsCore: core()?.current().isOwn ?? true, runningJobs: runningJobs(), isAsking, isShuttingDown });
    void (decision === 'ask' ? ask() : end());
  });
  return { isEnding: () => isEnding, end: () => void end() };
};
