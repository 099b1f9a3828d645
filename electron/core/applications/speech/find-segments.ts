/** A stretch of speech in samples; the end lies one beyond the last. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  /** Mean probability of its windows. */
  readonly score: number;
}

/** The figures that Silero's own post-processing uses, in samples at 16 kHz. */
const speechThreshold = 0.5;
/** Speech goes on until the probability falls below this. */
const silenceThreshold = 0.35;
const shortestSpeech = 4000;
const shortestSilence = 1600;
const padding = 480;

/** Where speech begins and ends, from the probability of each window. */
export const findSegments = (probabilities: ArrayLike<number>, windowSamples: number, totalSamples: number): Segment[] =>
  pad(
    roughSegments(probabilities, windowSamples, totalSamples).filter(({ start, end }) => end - start > shortestSpeech),
    totalSamples,
  ).map((segment) => ({ ...segment, score: meanProbability(probabilities, segment, windowSamples) }));

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Speech ends at the first quiet window after which the quiet lasts long enough. */
const roughSegments = (probabilities: ArrayLike<number>, windowSamples: number, totalSamples: number): Span[] => {
  const spans: Span[] = [];
  let start: number | undefined;
  let quietSince: number | undefined;
  for (let window = 0; window < probabilities.length; window += 1) {
    const probability = probabilities[window] ?? 0;
    const at = window * windowSamples;
    if (probability >= speechThreshold) {
      start ??= at;
      quietSince = undefined;
    } else if (start !== undefined && probability < silenceThreshold) {
      quietSince ??= at;
      if (at - quietSince < shortestSilence) continue;
      spans.push({ start, end: quietSince });
      start = undefined;
      quietSince = undefined;
    }
  }
  return start === undefined ? spans : [...spans, { start, end: totalSamples }];
};

/** Moves both ends outwards; neighbours share the silence between them. */
const pad = (spans: readonly Span[], totalSamples: number): Span[] =>
  spans.map(({ start, end }, index) => {
    const before = spans[index - 1]?.end ?? -Infinity;
    const after = spans[index + 1]?.start ?? Infinity;
    return {
      start: Math.max(0, start - Math.min(padding, (start - before) / 2)),
      end: Math.min(totalSamples, end + Math.min(padding, (after - end) / 2)),
    };
  });

const meanProbability = (probabilities: ArrayLike<number>, { start, end }: Span, windowSamples: number): number => {
  const first = Math.floor(start / windowSamples);
  const last = Math.max(first + 1, Math.min(probabilities.length, Math.ceil(end / windowSamples)));
  let sum = 0;
  for (let window = first; window < last; window += 1) sum += probabilities[window] ?? 0;
  return sum / (last - first);
};
