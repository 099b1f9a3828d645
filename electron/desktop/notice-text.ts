import type { Notice } from '../../shared/contract/app.ts';
import { desktopText } from '../../shared/words/desktop.ts';
import type { Locale } from '../../shared/words/format.ts';
import { sentenceOf } from '../../shared/words/reasons.ts';

/** What a notification says, and the job it opens; a summary opens the queue. */
export interface NoticeText {
  readonly title: string;
  readonly body: string;
  readonly job?: number;
}

/** The notification for one notice of the core. */
export const noticeFor = (notice: Notice, locale: Locale): NoticeText => {
  const { id, name } = notice.values;
  switch (notice.code) {
    case 'job-done':
      return {
        title: desktopText('notice-done-title', locale, { name }),
        body: desktopText('notice-done-body', locale, { seconds: notice.values.seconds }),
        job: id,
      };
    case 'job-failed':
      return { title: desktopText('notice-failed-title', locale, { name }), body: sentenceOf(notice.values.reason, locale), job: id };
  }
};

/** So many notifications at once are still read one by one. */
const mostAtOnce = 3;

/** The notifications for the notices of a moment: each its own, or one summary, so that a sweep of 5,000 jobs is not 5,000 bubbles. */
export const noticesFor = (notices: readonly Notice[], locale: Locale): NoticeText[] => {
  if (notices.length <= mostAtOnce) return notices.map((notice) => noticeFor(notice, locale));
  const failed = notices.filter((notice) => notice.code === 'job-failed').length;
  const counts = { count: notices.length, done: notices.length - failed, failed };
  return [{ title: desktopText('notice-many-title', locale, counts), body: desktopText('notice-many-body', locale, counts) }];
};
