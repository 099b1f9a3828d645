/**
 * The expected wait of jobs that one server takes in the order of `keyOf`, the least first and none interrupted, when they arrive at random
 * (Poisson) and each is one of `jobs`, drawn at random: λ·E[S²]/2 ÷ ((1 − ρ before) · (1 − ρ up to it)), where ρ is the load of those that go
 * first (Cobham 1954). Exact, so that no sample of arrivals adds its luck.
 */
export const expectedWait = <Job extends { readonly seconds: number }>(
  jobs: readonly Job[],
  keyOf: (job: Job) => number,
  load: number,
): number => {
  const rate = load / sum(jobs.map(({ seconds }) => seconds)); // of each single job
  const left = (rate * sum(jobs.map(({ seconds }) => seconds ** 2))) / 2;
  const inOrder = [...Map.groupBy(jobs, keyOf)].toSorted(([a], [b]) => a - b);
  let before = 0;
  let waited = 0;
  for (const [, alike] of inOrder) {
    const upTo = before + rate * sum(alike.map(({ seconds }) => seconds));
    waited += (alike.length * left) / ((1 - before) * (1 - upTo));
    before = upTo;
  }
  return waited / jobs.length;
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
