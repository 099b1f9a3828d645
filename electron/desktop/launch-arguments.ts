import { resolve } from 'node:path';

/** What somebody started the desktop shell with. */
export interface LaunchArguments {
  readonly dataFolder?: string;
  /** Files to offer, as absolute paths. */
  readonly files: readonly string[];
}

/** Reads `[--data DIR] [FILE…]`; other switches are Chromium's and not ours to judge. */
export const parseLaunchArguments = (given: readonly string[], workingFolder: string): LaunchArguments => {
  const files: string[] = [];
  let dataFolder: string | undefined;
  for (let index = 0; index < given.length; index += 1) {
    const part = given[index] ?? '';
    if (part === '--data') dataFolder = given[(index += 1)];
    else if (part.startsWith('--data=')) dataFolder = part.slice('--data='.length);
    else if (part !== '' && !part.startsWith('-')) files.push(resolve(workingFolder, part));
  }
  return dataFolder === undefined ? { files } : { dataFolder: resolve(workingFolder, dataFolder), files };
};

/** The files that a second instance handed over; it is another process, so its word is checked. */
export const handedFiles = (handed: unknown): string[] => {
  const files: unknown = typeof handed === 'object' && handed !== null && 'files' in handed ? handed.files : undefined;
  return Array.isArray(files) ? files.filter((file): file is string => typeof file === 'string' && file !== '') : [];
};
