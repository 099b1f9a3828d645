import * as z from 'zod';

const job = z.object({ id: z.int().positive(), name: z.string() });
const device = z.string();
/** The NUMA node. */
const node = z.int().nonnegative();

/** Why a device was taken before others that were as good for a job. */
export const Nearness = z.discriminatedUnion('code', [
  /** Of those that the job waited for, the last ran there. */
  z.object({ code: z.literal('made-here'), values: z.object({ device, job }) }),
  /** The last of them ran on the same node. */
  z.object({ code: z.literal('made-on-node'), values: z.object({ device, job, node }) }),
  /** So does a device that the job gets. */
  z.object({ code: z.literal('on-node-of'), values: z.object({ device, other: z.string(), node }) }),
]);
export type Nearness = z.infer<typeof Nearness>;
