/** The indices of an array of jobs: from the first to the last, each `step`-th, at most so many at once. */
export interface ArrayRange {
  from: number;
  to: number;
  step?: number;
  atMost?: number;
}

/** 0-99 as people write it; 0-99:10 is every tenth, and %4 behind it at most four at once. Undefined when it is none. */
export const arrayRange = (text: string): ArrayRange | undefined => {
  const [, from = '', to = from, step, atMost] = /^(\d{1,9})(?:-(\d{1,9}))?(?::(\d{1,9}))?(?:%(\d{1,9}))?$/.exec(text.trim()) ?? [];
  const isRight = from !== '' && Number(to) >= Number(from) && !/^0+$/.test(step ?? '1') && !/^0+$/.test(atMost ?? '1');
  if (!isRight) return undefined;
  return {
    from: Number(from),
    to: Number(to),
    ...(step !== undefined && { step: Number(step) }),
    ...(atMost !== undefined && { atMost: Number(atMost) }),
  };
};
