import type { Grant } from './scheduler-port.ts';

/** All devices of a grant: the processor, or the share of one, and those beside it. */
export const grantedDevices = ({
  device,
  accelerators,
}: Pick<Grant, 'device'> & { readonly accelerators: readonly { readonly device: string }[] }): string[] => [
  device,
  ...accelerators.map((one) => one.device),
];

/** The name under which `TaskRequest.estimateOn` knows where a grant puts a task: the devices beside the processor, else the processor. */
export const placeOf = ({ device, accelerators }: Grant): string =>
  accelerators.length === 0
    ? device
    : accelerators
        .map((one) => one.device)
        .toSorted()
        .join('+');
