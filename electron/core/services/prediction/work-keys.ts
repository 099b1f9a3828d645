import type { Work } from './work.ts';

/* Which runs say something about each other. */

/** As in `Work`, where it may also be said to be unknown. */
interface Mode {
  readonly device: string;
  readonly warm?: boolean | undefined;
}

export type FamilyMode = Mode & { readonly family: string };

const keyOf = (what: string, { device, warm }: Mode): string => [what, device, warm === undefined ? '' : warm ? 'warm' : 'cold'].join('\0');
export const repeatKey = (work: Work): string => keyOf(work.exact, work);
export const familyKey = (work: FamilyMode): string => keyOf(work.family, work);

/** The same work in the other states of its worker; work that was seen before anybody kept workers has none. */
export const otherModes = (work: Work): Work[] => {
  const { warm, ...unknown } = work;
  return warm === undefined
    ? [
        { ...work, warm: true },
        { ...work, warm: false },
      ]
    : [{ ...work, warm: !warm }, unknown];
};

export const firstOf = <One, Value>(list: readonly One[], find: (one: One) => Value | undefined): Value | undefined => {
  for (const one of list) {
    const value = find(one);
    if (value !== undefined) return value;
  }
  return undefined;
};
