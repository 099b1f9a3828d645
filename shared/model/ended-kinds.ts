/* No schema, so that pages and the command line may load it. */

/** How jobs end that came to no success, without anybody having cancelled them. */
export const failedKinds = ['failed', 'timed-out', 'out-of-memory', 'lost'] as const;

/** Every way in which jobs end. */
export const endedKinds = ['succeeded', 'cancelled', ...failedKinds] as const;
export type EndedKind = (typeof endedKinds)[number];

export const isEndedKind = (kind: string): kind is EndedKind => (endedKinds as readonly string[]).includes(kind);
export const isFailedKind = (kind: string): kind is (typeof failedKinds)[number] => (failedKinds as readonly string[]).includes(kind);
