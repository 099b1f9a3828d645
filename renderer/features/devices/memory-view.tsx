import { Link } from 'wouter';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { MemoryBar } from '../../graphs/memory-bar.tsx';
import { groupColour } from '../../ui/group-colour.ts';
import { useWords } from '../../words.tsx';
import { memoryParts } from './memory-parts.ts';
import { memoryShares } from './memory-shares.ts';

/** Whose the memory is, to scale, with the largest holders by name. */
export const MemoryView = ({ device, most, isShort }: { device: DeviceState; most: number; isShort?: boolean }) => {
  const words = useWords();
  const shares = memoryShares(device);
  if (!shares) return null;
  const holders = shares.jobs.toSorted((a, b) => b.bytes - a.bytes);
  return (
    <>
      <MemoryBar
        parts={memoryParts(shares, words)}
        label={words.text('memory.label', { free: shares.freeBytes, total: shares.totalBytes })}
      />
      <ul className="whose">
        {holders.slice(0, most).map((job) => (
          <li key={job.id}>
            <i className={`sw ${groupColour(job.group)}`} />
            <Link href={`/queue/${job.id}`} title={job.name}>
              {job.name}
            </Link>
            <em>{words.bytes(job.bytes)}</em>
          </li>
        ))}
        {holders.length > most && (
          <li className="dim">
            <i className="sw" />
            <span>{words.text('memory.more', { count: holders.length - most })}</span>
            <em>{words.bytes(holders.slice(most).reduce((sum, { bytes }) => sum + bytes, 0))}</em>
          </li>
        )}
        {shares.oursBytes > 0 && <Share className="g4" name={words.text('memory.ours')} bytes={words.bytes(shares.oursBytes)} />}
        <Share className="other" name={words.text('memory.others')} bytes={words.bytes(shares.othersBytes)} />
        <Share className="kept" name={words.text('memory.kept')} bytes={words.bytes(shares.keptBytes)} />
        {!isShort && <Share className="free" name={words.text('memory.free')} bytes={words.bytes(shares.freeBytes)} />}
      </ul>
    </>
  );
};

const Share = ({ className, name, bytes }: { className: string; name: string; bytes: string }) => (
  <li>
    <i className={`sw ${className}`} />
    <span>{name}</span>
    <em>{bytes}</em>
  </li>
);
