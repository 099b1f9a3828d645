/** NVML's codes that mean more than that one field cannot be read. */
export const nvmlCode = {
  success: 0,
  uninitialized: 1,
  insufficientSize: 7,
  driverNotLoaded: 9,
  libraryNotFound: 12,
  gpuIsLost: 15,
  resetRequired: 16,
  versionMismatch: 18,
  gpuNotFound: 28,
} as const;

/** Whom a failed call concerns: only the field that was asked for, its device, or every device of the driver. */
export type Reach = 'field' | 'device' | 'driver';

export const reachOf = (code: number): Reach => {
  switch (code) {
    case nvmlCode.gpuIsLost:
    case nvmlCode.resetRequired:
    case nvmlCode.gpuNotFound:
      return 'device';
    case nvmlCode.uninitialized:
    case nvmlCode.driverNotLoaded:
    case nvmlCode.libraryNotFound:
    case nvmlCode.versionMismatch:
      return 'driver';
    default:
      return 'field';
  }
};

const words: { readonly [code: number]: string } = {
  [nvmlCode.uninitialized]: 'the NVIDIA driver was unloaded',
  [nvmlCode.driverNotLoaded]: 'the NVIDIA driver is not loaded',
  [nvmlCode.libraryNotFound]: 'a library of the NVIDIA driver is missing',
  [nvmlCode.gpuIsLost]: 'the GPU is lost: it has fallen off the bus or cannot be reached',
  [nvmlCode.resetRequired]: 'the GPU must be reset before it can be used again',
  [nvmlCode.versionMismatch]: 'the NVIDIA driver and its library are of different versions',
  [nvmlCode.gpuNotFound]: 'the GPU is no longer there',
};

export const describeCode = (code: number): string => words[code] ?? `NVML answers with error ${code}`;

/** A device answers nothing any more. */
export class NvmlDeviceError extends Error {
  readonly code: number;
  constructor(code: number) {
    super(describeCode(code));
    this.code = code;
  }
}

/** No device of this driver answers. */
export class NvmlDriverError extends Error {
  readonly code: number;
  constructor(code: number) {
    super(describeCode(code));
    this.code = code;
  }
}

/** Whether a call succeeded; throws where the failure concerns more than the field. */
export const isSuccess = (code: number): boolean => {
  if (code === nvmlCode.success) return true;
  const reach = reachOf(code);
  if (reach === 'device') throw new NvmlDeviceError(code);
  if (reach === 'driver') throw new NvmlDriverError(code);
  return false;
};
