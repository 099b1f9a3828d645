import type { Grant } from './scheduler-port.ts';

/** The name under which `TaskRequest.estimateOn` knows where a grant puts a task: the devices beside the processor, else the processor. */
export const placeOf = ({ device, accelerators }: Grant): string =>
  accelerators.length === 0
    ? device
    : accelerators
        .map((one) => one.device)
        .toSorted()
        .join('+');
