import { cpuTemperature, currentLoad, graphics, mem, processes } from 'systeminformation';

/*
 * Polls what we measure the way systeminformation does it: load, memory, temperature and graphics every second, processes every
 * five. Ends with its input.
 */
let round = 0;
const poll = async (): Promise<void> => {
  await Promise.all([currentLoad(), mem(), cpuTemperature(), graphics(), ...(round % 5 === 0 ? [processes()] : [])]);
  round += 1;
};
setInterval(() => void poll(), 1000);
process.stdin.resume().on('end', () => process.exit());
