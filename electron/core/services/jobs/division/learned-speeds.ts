import type { DividerOptions } from '../../../division-port.ts';
import type { PartEntry } from '../job-entry.ts';

/** How fast devices were at the same kind of work before, and what they took to begin; forgotten with the core. */
export interface LearnedSpeeds {
  /**
   * As learned, where all are; else as the machine was measured, relative to each other. Who stands ready from earlier work has nothing to
   * begin.
   */
  of(parts: readonly PartEntry[], isReady: (part: PartEntry) => boolean): Pick<DividerOptions, 'speeds' | 'startUpSeconds'>;
  learn(parts: readonly PartEntry[]): void;
}

interface Learned {
  readonly itemsPerSecond: number;
  /** Absent while it has always stood ready. */
  readonly startUpSeconds?: number;
}

export const createLearnedSpeeds = (): LearnedSpeeds => {
  const known = new Map<string, Learned>();
  return {
    of: (parts, isReady) => {
      const learned = parts.flatMap((entry) => known.get(keyOf(entry)) ?? []);
      if (learned.length < parts.length) return { speeds: parts.map(({ part }) => part.speed) };
      return {
        speeds: learned.map(({ itemsPerSecond }) => itemsPerSecond),
        startUpSeconds: parts.map((entry, index) => (isReady(entry) ? 0 : (learned[index]?.startUpSeconds ?? 0))),
      };
    },
    learn: (parts) => {
      for (const entry of parts) {
        const { items, seconds } = entry.part;
        if (items === 0 || seconds === 0) continue;
        // Of all that it did: its latest chunks are the smallest, and tell little about other items.
        const itemsPerSecond = items / seconds;
        const startUpSeconds = startUpOf(entry) ?? known.get(keyOf(entry))?.startUpSeconds;
        known.set(keyOf(entry), { itemsPerSecond, ...(startUpSeconds !== undefined && { startUpSeconds }) });
      }
    },
  };
};

/** Of its latest beginning that was one. */
const startUpOf = ({ part: { proofs } }: PartEntry): number | undefined => proofs.findLast(({ warm }) => warm === false)?.startUpSeconds;

const keyOf = ({ spec, part }: PartEntry): string => `${part.device} ${workOf(spec)}`;

const workOf = (spec: PartEntry['spec']): string => {
  if (spec.runtime === 'application') return spec.application;
  if (spec.runtime !== 'onnx') throw new Error(`a job of runtime ${spec.runtime} is not divided`);
  return 'path' in spec.model ? spec.model.path : spec.model.fileId;
};
