import { parseCoreList } from './core-list.ts';

/** The cores that the affinity mask leaves us, from `Cpus_allowed_list: 0-3,8` of /proc/self/status. */
export const parseAllowedCores = (text: string): number[] | undefined =>
  parseCoreList(/^Cpus_allowed_list:[^\S\n]*(\S+)$/m.exec(text)?.[1]);
