import type { FileRef } from '../../../shared/model/job.ts';

/**
 * Takes the files that the desktop names in the address (`/?file=PATH&file=PATH#/run`) out of it. An address that stays as it was
 * would not load again when the same files are handed over once more.
 */
export const takeOfferedFiles = (page: Window): readonly FileRef[] => {
  // Only the desktop names files this way; a link that somebody follows into a browser page must not.
  if (!page.switchyardDesktop) return [];
  const files = offeredFiles(page.location.search);
  if (files.length > 0) page.history.replaceState(null, '', `${page.location.pathname}${page.location.hash}`);
  return files;
};

export const offeredFiles = (query: string): readonly FileRef[] =>
  new URLSearchParams(query)
    .getAll('file')
    .filter((path) => path !== '')
    .map((path) => ({ path }));
