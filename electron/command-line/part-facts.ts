import type { JobDetail } from '../../shared/model/job.ts';
import { formatDuration, formatNumber } from '../../shared/words/format.ts';
import { sentenceOf } from '../../shared/words/reasons.ts';
import type { Session } from './session.ts';

/** What each device does or did of a divided job: a name and a value for each line. */
export const partFacts = (
  { text, locale }: Pick<Session, 'text' | 'locale'>,
  { state, parts }: Pick<JobDetail, 'state' | 'parts'>,
): [string, string][] => {
  const done = (part: { items: number; seconds: number; itemsPerSecond?: number }): string =>
    text('part-did', {
      items: part.items,
      seconds: formatDuration(part.seconds, locale),
      ...(part.itemsPerSecond !== undefined && { speed: formatNumber(part.itemsPerSecond, locale, 2) }),
    });
  if ('ranOn' in state && state.ranOn?.parts) {
    return state.ranOn.parts.map((part, index) => [text('fact-part', { part: index + 1, device: part.device }), done(part)]);
  }
  return (parts ?? []).map((part) => [
    text('fact-part', { part: part.part, device: part.device }),
    [text(`part-${part.state}`), done(part), part.reason ? sentenceOf(part.reason, locale) : ''].filter((one) => one !== '').join(' · '),
  ]);
};
