import { createContext, useContext } from 'react';
import { formatBytes, formatDuration, formatNumber, type Locale, type Values } from '../shared/words/format.ts';
import { nearText, whenText } from '../shared/words/plan.ts';
import { deviceMemoryText, memoryTexts, predictionText, qualityText } from '../shared/words/prediction.ts';
import { sentenceOf } from '../shared/words/reasons.ts';
import { windowText, type WindowWord } from '../shared/words/window.ts';
import type { Nearness } from '../shared/model/nearness.ts';
import type { Explanation } from '../shared/model/plan.ts';
import type { Reason } from '../shared/model/reason.ts';
import type { Problem } from './connection.ts';

/** Every text of the window, in the language of the person. */
export interface Words {
  locale: Locale;
  text: (word: WindowWord, values?: Values) => string;
  reason: (reason: Reason) => string;
  /** How long a job should take, when it should end, or what it took instead. */
  prediction: (job: Parameters<typeof predictionText>[0], now: number) => string | undefined;
  /** When a waiting job should start and end, at the median and at the latest. */
  expected: (explanation: Explanation, now: number) => string;
  /** Why a place comes before others that are as good. */
  near: (near: Nearness) => string;
  memoryNeeds: (job: Parameters<typeof memoryTexts>[0]) => string[];
  deviceMemory: (demand: Parameters<typeof deviceMemoryText>[0]) => string | undefined;
  quality: (quality: Parameters<typeof qualityText>[0]) => string;
  problem: (problem: Problem) => string;
  bytes: (bytes: number) => string;
  duration: (seconds: number) => string;
  number: (value: number, digits?: number) => string;
  /** Always the same number of decimals, for columns. */
  fixed: (value: number, digits: number) => string;
  /** 13:54, or 13:54:07. */
  clock: (milliseconds: number, seconds?: boolean) => string;
  /** 22 Nov. */
  day: (milliseconds: number) => string;
  /** Today only the time, else the day too. */
  moment: (milliseconds: number, now: number) => string;
}

export const createWords = (locale: Locale): Words => {
  const text: Words['text'] = (word, values = {}) => windowText(word, values, locale);
  const reason: Words['reason'] = (value) => sentenceOf(value, locale);
  const minutes = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const seconds = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const days = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
  const clock: Words['clock'] = (at, withSeconds) => (withSeconds ? seconds : minutes).format(at);
  return {
    locale,
    text,
    reason,
    prediction: (job, now) => predictionText(job, now, locale),
    expected: (explanation, now) => whenText(explanation, now, locale).join(locale === 'zh' ? '' : ' '),
    near: (near) => nearText(near, locale),
    memoryNeeds: (job) => memoryTexts(job, locale),
    deviceMemory: (demand) => deviceMemoryText(demand, locale),
    quality: (quality) => qualityText(quality, locale),
    problem: (problem) => {
      if (problem.kind === 'refused') return reason(problem.reason);
      if (problem.kind === 'invalid') return text('problem.invalid', { issues: problem.issues.join('; ') });
      if (problem.kind === 'unreachable') return text('problem.unreachable');
      return text('problem.unexpected', { detail: problem.detail });
    },
    bytes: (value) => formatBytes(value, locale),
    duration: (value) => formatDuration(Math.max(0, value), locale),
    number: (value, digits = 0) => formatNumber(value, locale, digits),
    fixed: (value, digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
    clock,
    day: (at) => days.format(at),
    moment: (at, now) => (new Date(at).toDateString() === new Date(now).toDateString() ? clock(at) : `${days.format(at)}, ${clock(at)}`),
  };
};

const WordsContext = createContext(createWords('en'));
export const WordsProvider = WordsContext.Provider;
export const useWords = (): Words => useContext(WordsContext);
