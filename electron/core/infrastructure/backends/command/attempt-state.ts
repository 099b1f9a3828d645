import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseState, withdrawal, type AttemptState } from './wrapper.ts';

type Claimed = Extract<AttemptState, { kind: 'started' | 'ended' }>;

/** What an attempt's folder says of it. */
export type Record =
  /** Nobody has claimed it; `stateFile` is the one to claim. */
  | { kind: 'free'; stateFile: string }
  /** A claim was begun and never finished: the disk was full, or the machine stopped. */
  | { kind: 'unclear' }
  | (Claimed & { stateFile: string });

// Between creating a claim and writing it lie some µs; on a machine that is overloaded, more.
const claimWaitMs = 2_000;

/**
 * State files stand beside the attempt's folder, which holds nothing but the results: a second folder would cost each command
 * more than everything else that is written for it. They are numbered: each withdrawal uses up one number, see withdraw.
 */
export const stateFileOf = (folder: string, number: number): string => `${folder}.state.${number}`;

export const readRecord = async (folder: string): Promise<Record> => {
  const deadline = performance.now() + claimWaitMs;
  for (let number = 1; ;) {
    const stateFile = stateFileOf(folder, number);
    const text = await textOf(stateFile);
    if (text === undefined) return { kind: 'free', stateFile };
    const state = parseState(text);
    if (state.kind === 'started' || state.kind === 'ended') return { ...state, stateFile };
    if (state.kind === 'withdrawn') number += 1;
    else if (performance.now() > deadline) return { kind: 'unclear' };
    else await delay(10);
  }
};

/**
 * Takes a free attempt back by claiming it with a note in place of a pid, and makes its folder, so that a later start looks for the
 * note. A wrapper on its way, which an earlier core has asked for just before it was killed, then ends without running the command;
 * so "never started" stays true afterwards. False when that wrapper was faster.
 */
export const withdraw = async (folder: string, stateFile: string): Promise<boolean> => {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(stateFile, withdrawal, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (codeOf(error) !== 'ENOSPC' && codeOf(error) !== 'EDQUOT') throw error;
    // On a full disk nobody can claim it either. A claim that could not be written must not stay: it would look like a wrapper's.
    await rm(stateFile, { force: true });
    return true;
  }
};

const textOf = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
};

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
