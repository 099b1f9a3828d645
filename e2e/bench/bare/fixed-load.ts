import { existsSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/*
 * fixed-load.ts NICE OTHERS: computes all the time with this niceness, until its input ends. It leads a session of its own. OTHERS is the
 * niceness of what it runs beside.
 */
const [nice = 0, others = 0] = process.argv.slice(2).map(Number);
setPriority(nice);
// Linux may weigh sessions first, and the niceness of programs only inside of one.
const ofSession = '/proc/self/autogroup';
if (existsSync(ofSession)) writeFileSync(ofSession, String(nice - others));

/** Long beside what a turn of the event loop takes, short beside how long anybody waits for the end. */
const burnMs = 20;
const burn = (): void => {
  for (const end = performance.now() + burnMs; performance.now() < end;);
  setImmediate(burn);
};

process.stdin.on('end', () => process.exit()).resume();
burn();
