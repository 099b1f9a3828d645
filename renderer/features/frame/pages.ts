import type { IconName } from '../../ui/icon.tsx';

export type PageName = 'overview' | 'queue' | 'devices' | 'scheduler' | 'run';

/** The pages of the rail, in its order; the key opens a page from anywhere. */
export const pages: readonly { name: PageName; path: string; icon: IconName; key: string }[] = [
  { name: 'overview', path: '/', icon: 'overview', key: '1' },
  { name: 'queue', path: '/queue', icon: 'queue', key: '2' },
  { name: 'devices', path: '/devices', icon: 'devices', key: '3' },
  { name: 'scheduler', path: '/scheduler', icon: 'scheduler', key: '4' },
  { name: 'run', path: '/run', icon: 'run', key: '5' },
];
