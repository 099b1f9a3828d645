import { constants } from 'node:os';

/**
 * A shell reports a death by signal n as 128 + n. A program may also end with such a code by itself; the two cannot be told apart
 * after the fact, and most that do so pass on the death of a child. Codes above 128 + 31 are no classic signals and stay codes.
 */
export const signalOf = (exitCode: number): string | undefined => signalNames.get(exitCode - 128);

// Reversed, because older names of the same number (SIGIOT for SIGABRT) follow the usual one.
const signalNames = new Map(
  Object.entries(constants.signals)
    .toReversed()
    .map(([name, number]) => [number, name]),
);
