import type { PartEntry } from '../job-entry.ts';

/** How fast devices were at the same kind of work before; forgotten with the core. */
export interface LearnedSpeeds {
  /** Relative to each other: learned, where all are; else as the machine was measured. */
  of(parts: readonly PartEntry[]): number[];
  learn(parts: readonly PartEntry[]): void;
}

export const createLearnedSpeeds = (): LearnedSpeeds => {
  const known = new Map<string, number>();
  return {
    of: (parts) => {
      const learned = parts.map((entry) => known.get(keyOf(entry)));
      return learned.every((speed) => speed !== undefined) ? learned : parts.map(({ part }) => part.speed);
    },
    learn: (parts) => {
      for (const entry of parts) if (entry.part.itemsPerSecond !== undefined) known.set(keyOf(entry), entry.part.itemsPerSecond);
    },
  };
};

const keyOf = ({ spec, part }: PartEntry): string => `${part.device} ${workOf(spec)}`;

const workOf = (spec: PartEntry['spec']): string => {
  if (spec.runtime === 'application') return spec.application;
  if (spec.runtime !== 'onnx') throw new Error(`a job of runtime ${spec.runtime} is not divided`);
  return 'path' in spec.model ? spec.model.path : spec.model.fileId;
};
