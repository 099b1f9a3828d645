import type { SamplerReport } from '../../../ports.ts';

/** What the core asks of its sampler process. */
export interface ToSampler {
  readonly kind: 'watch-processes';
  readonly isWatched: boolean;
}

/** `looked`: every probe has looked for its devices once, or has had its time for that. */
export type FromSampler = SamplerReport | { readonly kind: 'looked' };

/** A probe that has not answered for so long is told as silent. */
export const silentMs = 3000;
