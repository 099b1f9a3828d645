import type { MemoryPart } from '../../graphs/memory-bar.tsx';
import { groupColour } from '../../ui/group-colour.ts';
import type { Words } from '../../words.tsx';
import type { MemoryShares } from './memory-shares.ts';

/** The parts of the bar: the largest holders first, then ours that nobody claims, others, free, and kept free. */
export const memoryParts = (shares: MemoryShares, words: Words): MemoryPart[] => [
  ...shares.jobs
    .toSorted((one, other) => other.bytes - one.bytes)
    .map((job) => ({
      key: String(job.id),
      className: groupColour(job.group),
      bytes: job.bytes,
      title: `${job.name}: ${words.bytes(job.bytes)}`,
    })),
  part('ours', 'g4', shares.oursBytes, words.text('memory.ours'), words),
  part('others', 'other', shares.othersBytes, words.text('memory.others'), words),
  part('free', 'free', shares.freeBytes, words.text('memory.free'), words),
  part('kept', 'kept', shares.keptBytes, words.text('memory.kept'), words),
];

const part = (key: string, className: MemoryPart['className'], bytes: number, name: string, words: Words): MemoryPart => ({
  key,
  className,
  bytes,
  title: `${name}: ${words.bytes(bytes)}`,
});
