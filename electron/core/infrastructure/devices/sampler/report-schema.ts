import * as z from 'zod';
import { Device, DeviceProcess, DeviceReading } from '../../../../../shared/model/device.ts';
import type { FromSampler } from './sampler-messages.ts';

const FoundDevice = Device.omit({ id: true, parent: true }).extend({ key: z.string(), parentKey: z.string().exactOptional() });
const FailedReading = z.strictObject({ error: z.string() });

const Report = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('looked') }),
  z.object({ kind: z.literal('devices'), probe: z.string(), devices: z.array(FoundDevice) }),
  z.object({
    kind: z.literal('readings'),
    at: z.number(),
    readings: z.array(z.tuple([z.string(), z.union([FailedReading, DeviceReading])])),
  }),
  z.object({ kind: z.literal('processes'), at: z.number(), processes: z.array(z.tuple([z.string(), z.array(DeviceProcess)])) }),
  z.object({
    kind: z.literal('failed'),
    probe: z.string(),
    reason: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('error'), detail: z.string() }),
      z.object({ kind: z.literal('silent'), seconds: z.number() }),
    ]),
  }),
]);

/** Undefined for what no sampler says: a process whose memory a driver's library has damaged may send anything. */
export const parseReport = (message: unknown): FromSampler | undefined => Report.safeParse(message).data;
