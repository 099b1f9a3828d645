import './graphs.css';
import { bandOf } from './series.ts';

/** One bar for each core; tone and height say how busy it is. */
export const CoreBars = ({ percents, label }: { percents: readonly number[]; label: string }) => (
  <div className={`cores ${crowdOf(percents.length)}`} role="img" aria-label={label}>
    {percents.map((percent, core) => (
      <i key={core} className={`core b${bandOf(percent)}`} title={`${core}: ${Math.round(percent)} %`}>
        <i style={{ height: `${percent}%` }} />
      </i>
    ))}
  </div>
);

/** One row holds about a hundred bars on the narrowest page; more cores stand in several rows, none is left out. */
const crowdOf = (cores: number): string => {
  if (cores > 96) return 'crowd';
  return cores > 48 ? 'many' : '';
};
