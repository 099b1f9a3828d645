import { setPriority } from 'node:os';

/* fixed-load.ts NICE: computes all the time with this niceness, until its input ends. */
setPriority(Number(process.argv[2]));

/** Long beside what a turn of the event loop takes, short beside how long anybody waits for the end. */
const burnMs = 20;
const burn = (): void => {
  for (const end = performance.now() + burnMs; performance.now() < end;);
  setImmediate(burn);
};

process.stdin.on('end', () => process.exit()).resume();
burn();
