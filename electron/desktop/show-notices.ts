import { Notification } from 'electron';
import type { Notice } from '../../shared/contract/app.ts';
import type { Locale } from '../../shared/words/format.ts';
import { noticesFor } from './notice-text.ts';

/** Notices that come within so long of each other are shown together. */
const gatherMs = 700;

interface NoticeOptions {
  readonly iconFile: string;
  readonly locale: Locale;
  /** Who looks at the window sees what happens there. */
  isLookedAt(): boolean;
  /** Undefined opens the queue. */
  open(job: number | undefined): void;
}

/** Shows what the core announces as notifications of the desktop, while the window is not looked at. */
export const createNoticeBoard = ({ iconFile, locale, isLookedAt, open }: NoticeOptions): { announce(notice: Notice): void } => {
  let gathered: Notice[] = [];
  // A notification that nothing refers to may be collected, and its click with it.
  const shown = new Set<Notification>();

  const show = (): void => {
    const texts = isLookedAt() ? [] : noticesFor(gathered, locale);
    gathered = [];
    for (const { title, body, job } of texts) {
      const notification = new Notification({ title, body, icon: iconFile });
      shown.add(notification);
      notification.on('click', () => open(job));
      notification.on('close', () => shown.delete(notification));
      notification.show();
    }
  };
  return {
    announce: (notice) => {
      if (!Notification.isSupported() || isLookedAt()) return;
      gathered.push(notice);
      if (gathered.length === 1) setTimeout(show, gatherMs);
    },
  };
};
