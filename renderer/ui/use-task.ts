import { useCallback, useState } from 'react';

/** Runs one thing at a time for a button, and keeps what it came to until the next run. */
export const useTask = <Outcome>() => {
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const run = useCallback(async (work: () => Promise<Outcome>): Promise<Outcome> => {
    setBusy(true);
    setOutcome(undefined);
    try {
      const result = await work();
      setOutcome(result);
      return result;
    } finally {
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setOutcome(undefined), []);
  return { run, isBusy, outcome, clear };
};
