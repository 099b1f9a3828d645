import type { PlacementCandidate } from '../../../shared/model/plan.ts';

/** One place where a job could run, on a line that all of them share. */
export interface CandidateLane {
  candidate: PlacementCandidate;
  /** From 0 to 1: where the wait ends and the run begins, and where that ends. */
  freeAt: number;
  finishesAt: number | undefined;
  /** How much later than the chosen place; below zero sooner. Absent for that one, and where an end is not known. */
  laterSeconds: number | undefined;
}

/** Places to a common scale, from the moment of the choice to the last end that is known. */
export const candidateLanes = (
  candidates: readonly PlacementCandidate[],
  from: number,
): { to: number; lanes: readonly CandidateLane[] } => {
  const to = Math.max(from + 1000, ...candidates.map(({ freeAt, finishesAt }) => finishesAt ?? freeAt));
  const part = (at: number) => Math.min(1, Math.max(0, (at - from) / (to - from)));
  const chosen = candidates.find(({ isChosen }) => isChosen)?.finishesAt;
  return {
    to,
    lanes: candidates.map((candidate) => ({
      candidate,
      freeAt: part(candidate.freeAt),
      finishesAt: candidate.finishesAt === undefined ? undefined : part(candidate.finishesAt),
      laterSeconds:
        candidate.isChosen || chosen === undefined || candidate.finishesAt === undefined
          ? undefined
          : (candidate.finishesAt - chosen) / 1000,
    })),
  };
};
