import type { Words } from '../../words.tsx';
import { startText } from './plan-words.ts';
import type { FigureCell, FigureName } from './figures.ts';

/** 41 s, 21 min, 2 h 40, 3 d 4 h: short enough for a column. */
const brief = (seconds: number, words: Words): string => {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60 || minutes >= 1440) return words.duration(seconds);
  return words.text('figure.hours', { hours: Math.floor(minutes / 60), minutes: String(minutes % 60).padStart(2, '0') });
};

/** A figure as it stands in the table; `start` is when the makespan is counted from. */
export const figureText = (name: FigureName, value: number | undefined, start: number, words: Words): string => {
  if (value === undefined) return '–';
  if (name === 'makespan') return startText(start + value * 1000, start, words).slice(1);
  if (name === 'missed') return words.number(value);
  if (name === 'fairness') return words.fixed(value, 2);
  if (name === 'busy') return words.text('percent', { value: Math.round(value * 100) });
  return name === 'slowdown' ? words.fixed(value, value < 9.95 ? 1 : 0) : brief(value, words);
};

/** How much more or less than under the policy in use, with its sign; a minus is U+2212, as wide as a plus. */
export const differenceText = (name: FigureName, { difference }: FigureCell, words: Words): string => {
  if (difference === undefined) return '';
  const size = Math.abs(difference);
  const said =
    name === 'missed'
      ? words.number(size)
      : name === 'fairness'
        ? words.fixed(size, 2)
        : name === 'busy'
          ? words.text('percent', { value: Math.round(size * 100) })
          : name === 'slowdown'
            ? words.fixed(size, size < 9.95 ? 1 : 0)
            : brief(size, words);
  return `${difference > 0 ? '+' : '−'}${said}`;
};
