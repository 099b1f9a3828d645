/**
 * What work tells of itself while it goes on, and at last what came of it. A slow reader misses what lay in between, never the last. The
 * work's signal aborts when the given one does, or the reader leaves.
 */
export async function* stepsOf<Step>(
  begin: (tell: (step: Step) => void, signal: AbortSignal) => Promise<Step>,
  signal: AbortSignal,
): AsyncGenerator<Step, void, void> {
  const left = new AbortController();
  let told: { readonly step: Step } | undefined;
  let wake = Promise.withResolvers<'told'>();
  const work = begin(
    (step) => {
      told = { step };
      wake.resolve('told');
    },
    AbortSignal.any([signal, left.signal]),
  );
  const over = work.then(
    () => 'over' as const,
    () => 'over' as const,
  );
  try {
    while ((await Promise.race([over, wake.promise])) === 'told') {
      wake = Promise.withResolvers();
      if (told) yield told.step;
    }
    yield await work;
  } finally {
    left.abort();
  }
}
