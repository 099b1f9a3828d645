import { Link } from 'wouter';
import type { JobDetail } from '../../../shared/model/job.ts';
import { useWords, type Words } from '../../words.tsx';
import { isEnded } from './job-words.ts';

interface PartLine {
  key: string;
  device: string;
  deviceName: string;
  items: number;
  itemsPerSecond?: number;
  what: string;
}

/** Of a divided job what each device does or did. */
export const JobParts = ({ job }: { job: JobDetail }) => {
  const words = useWords();
  const lines = linesOf(job, words);
  if (lines.length === 0) return null;
  return (
    <table className="t parts" aria-label={words.text('parts.title')}>
      <thead>
        <tr>
          <th>{words.text('parts.device')}</th>
          <th className="num">{words.text('parts.items')}</th>
          <th className="num">{words.text('parts.speed')}</th>
          <th>{words.text(isEnded(job.state) ? 'parts.took' : 'parts.now')}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.key}>
            <td>
              <Link className="lnk" href={`/devices/${line.device}`} title={line.deviceName}>
                {line.device}
              </Link>
            </td>
            <td className="num">{words.number(line.items)}</td>
            <td className="num">
              {line.itemsPerSecond === undefined ? '–' : words.text('parts.perSecond', { speed: words.number(line.itemsPerSecond, 2) })}
            </td>
            <td className="dim">{line.what}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const linesOf = ({ state, parts = [] }: JobDetail, words: Words): PartLine[] => {
  const proven = isEnded(state) ? (state.ranOn?.parts ?? []) : [];
  if (proven.length > 0) {
    return proven.map((part, index) => ({
      ...part,
      key: String(index),
      what: words.duration(part.seconds),
    }));
  }
  return parts.map((part) => ({
    ...part,
    key: String(part.part),
    what: part.reason
      ? words.reason(part.reason)
      : part.inHand === undefined
        ? words.text(`parts.${part.state}`)
        : words.text('parts.inHand', { count: part.inHand }),
  }));
};
