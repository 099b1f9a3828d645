import type { JobResult } from '../../../shared/model/application.ts';

type LabelsResult = Extract<JobResult, { kind: 'labels' }>;
export type LabelItem = LabelsResult['items'][number];

/** One prediction: every class with its score, the likeliest first. */
export const labelItem = (file: string, names: readonly string[], scores: ArrayLike<number>, row?: number): LabelItem => {
  const labels = names.map((label, index) => ({ label, score: scores[index] ?? 0 })).sort((a, b) => b.score - a.score);
  return { file, ...(row === undefined ? {} : { row }), best: labels[0]?.label ?? '', labels };
};

/** The classes of a model that gives one probability, that of the second name. */
export const bothClasses = (probabilityOfSecond: number): [number, number] => [1 - probabilityOfSecond, probabilityOfSecond];
