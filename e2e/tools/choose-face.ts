import type { ElectronSearch } from './find-electron.ts';

export type Face = { kind: 'window'; electron: string } | { kind: 'download' } | { kind: 'pages'; sentence: string };

interface Situation {
  readonly hasDisplay: boolean;
  /** Root on Linux, for whom Electron starts only without its sandbox. */
  readonly isRoot: boolean;
  readonly electron: ElectronSearch;
  /** Whether Electron's program was already asked for and did not come. */
  readonly wasTried: boolean;
}

/** Which face `npm start` gives, and one sentence when it is not the window. */
export const chooseFace = ({ hasDisplay, isRoot, electron, wasTried }: Situation): Face => {
  if (!hasDisplay) return pages('There is no display for a window');
  if (isRoot) return pages('Electron does not run as root with its sandbox');
  if (electron.kind === 'found') return { kind: 'window', electron: electron.path };
  return wasTried ? pages("Electron's program could not be downloaded") : { kind: 'download' };
};

const pages = (reason: string): Face => ({ kind: 'pages', sentence: `${reason}, so Switchyard opens in a browser at this address:` });
