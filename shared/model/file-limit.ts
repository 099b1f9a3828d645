/** The most a single model or input file may hold: what a 32-bit protobuf or one tensor in memory can be. */
export const fileLimitBytes = 2 * 1024 ** 3;
