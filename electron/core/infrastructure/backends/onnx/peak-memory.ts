import { readFileSync, writeFileSync } from 'node:fs';

/** From here on the peak of this process is counted anew, where the system allows that; else it stays that of its whole life. */
export const forgetPeak = (): void => {
  try {
    // 5 resets the "high water mark" of the resident set, VmHWM; proc(5).
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Without /proc, or not allowed: what an earlier job needed counts on.
  }
};

/** The most memory that this process has held since its peak was forgotten. */
export const peakMemoryBytes = (): number => {
  const ofStatus = /^VmHWM:\s+(\d+) kB$/m.exec(readStatus())?.[1];
  // maxRSS is in KiB too; it counts what the process held before it became this program.
  return (ofStatus === undefined ? process.resourceUsage().maxRSS : Number(ofStatus)) * 1024;
};

const readStatus = (): string => {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
};
