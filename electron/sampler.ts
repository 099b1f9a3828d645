import { realClock } from './core/infrastructure/devices/sampler/clock.ts';
import { createProbes, probeEnvironment } from './core/infrastructure/devices/sampler/probes.ts';
import type { FromSampler, ToSampler } from './core/infrastructure/devices/sampler/sampler-messages.ts';
import { serveSampler } from './core/infrastructure/devices/sampler/serve-sampler.ts';

/*
 * The one process that reads every device beside the processor. A driver's library may crash or hang here and touches nothing else.
 */
const sampler = serveSampler({
  probes: createProbes(probeEnvironment(process.env, import.meta.dirname)),
  clock: realClock,
  // A channel that has just closed is told by 'disconnect'.
  tell: (message: FromSampler) => void process.send?.(message, undefined, undefined, () => undefined),
});

process.on('message', (message: ToSampler) => sampler.watchProcesses(message.isWatched));
process.on('disconnect', () => {
  sampler.close();
  // An ordinary exit waits for threads, and one may hang in a driver for ever. Nothing here is left to write.
  process.kill(process.pid, 'SIGKILL');
});
