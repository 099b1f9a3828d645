/** Cores that jobs use, from the processor time that their processes have taken. */
export interface JobCores {
  /** By job; a job is absent the first time it is seen. */
  since(at: number, secondsTaken: ReadonlyMap<number, number>): Map<number, number>;
}

export const createJobCores = (): JobCores => {
  let before: { at: number; seconds: ReadonlyMap<number, number> } = { at: 0, seconds: new Map() };
  return {
    since(at, secondsTaken) {
      const passed = (at - before.at) / 1000;
      const cores = new Map<number, number>();
      if (passed > 0) {
        for (const [job, seconds] of secondsTaken) {
          const last = before.seconds.get(job);
          // A process that leaves its tree takes its time along; that is not negative work.
          if (last !== undefined) cores.set(job, Math.max(0, (seconds - last) / passed));
        }
      }
      before = { at, seconds: secondsTaken };
      return cores;
    },
  };
};
