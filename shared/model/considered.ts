import type { EndedState, JobState } from './job.ts';
import type { Nearness } from './nearness.ts';

/** What the place of an attempt was chosen from, best first; undefined where there was no choice. */
export const consideredIn = (state: JobState): EndedState['considered'] => {
  if (!('placement' in state)) return 'considered' in state ? state.considered : undefined;
  const { device, accelerators, considered } = state.placement;
  const chosen = accelerators ? accelerators.map((one) => one.device) : [device];
  return considered?.map((one) => ({ ...one, isChosen: chosen.includes(one.device) }));
};

/** What decided between places that were as good for an attempt. */
export const nearIn = (state: JobState): Nearness | undefined => {
  if ('placement' in state) return state.placement.near;
  return 'near' in state ? state.near : undefined;
};
