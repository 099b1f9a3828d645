import type { JobDetail } from '../../shared/model/job.ts';
import { formatBytes, type Locale } from '../../shared/words/format.ts';

/** What a job asked for beside cores and memory, as its flags say it; empty when that is nothing. */
export const askedText = ({ device, on = [], mayFallBack }: JobDetail['spec']['resources'], locale: Locale): string =>
  [
    device ? `${device.kind}:${device.count}` : '',
    device?.memoryBytes === undefined ? '' : formatBytes(device.memoryBytes, locale),
    device?.learnedMemory ? '--device-memory auto' : '',
    on.length > 0 ? `--on ${on.join(',')}` : '',
    mayFallBack ? '--flexible' : '',
  ]
    .filter(Boolean)
    .join(' ');

/** The processor and the devices beside it that a job has, or on which it ran. */
export const whereText = ({ state }: JobDetail): string => {
  if ('placement' in state) {
    const { deviceName, accelerators = [] } = state.placement;
    return [deviceName, ...accelerators.map((one) => one.deviceName)].join(' + ');
  }
  return 'ranOn' in state ? (state.ranOn?.deviceName ?? '') : '';
};
