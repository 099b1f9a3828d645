/** Bits of NVML's mask. Bit 0 says that the GPU is idle, which is no complaint. */
const reasons: readonly [bit: bigint, words: string][] = [
  [0x2n, 'clocks set by a user'],
  [0x4n, 'power cap'],
  [0x8n, 'hardware slowdown'],
  [0x10n, 'kept in step with other GPUs'],
  [0x20n, 'heat (driver)'],
  [0x40n, 'heat (hardware)'],
  [0x80n, 'power brake'],
  [0x100n, 'clocks set for displays'],
];

export const throttleReasons = (mask: bigint): string[] => reasons.filter(([bit]) => (mask & bit) !== 0n).map(([, words]) => words);
