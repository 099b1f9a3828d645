import * as z from 'zod';
import { Device, DeviceCapability, DeviceProcess, DeviceReading, Sample } from '../model/device.ts';
import { DeviceReason } from '../model/reason.ts';
import { base, eventIterator, streamInput } from './base.ts';

/** A device with its latest measurement and what runs on it. Unknown is absent, never 0; percentages are 0 to 100. */
export const DeviceState = Device.omit({ memoryTotalBytes: true }).extend({
  ...DeviceReading.omit({ memoryUsedBytes: true }).shape,
  memory: z.object({ totalBytes: z.number(), usedBytes: z.number().exactOptional() }).exactOptional(),
  state: z.enum(['ready', 'drained', 'unhealthy']),
  /** Why it is not ready, and the same as an English sentence. */
  reason: DeviceReason.exactOptional(),
  sentence: z.string().exactOptional(),
  /** Who uses it, the largest first. A processor has none: every program runs there. */
  processes: z.array(DeviceProcess),
  /** The machine's measurement; only of the processor itself. */
  sample: Sample.exactOptional(),
  /** Granted to running jobs; `memoryBytes` is the device's own memory. */
  granted: z.object({ cores: z.number(), memoryBytes: z.number() }),
  /** Memory never granted, kept for the desktop. */
  reserveBytes: z.number(),
  /** Memory may be granted this many times over; 1 is not at all. */
  overcommit: z.number(),
  /** Absent until it is measured. A share of a device's memory computes as fast as the device. */
  capability: DeviceCapability.exactOptional(),
  jobs: z.array(
    z.object({
      id: z.int(),
      name: z.string(),
      group: z.string(),
      cores: z.number(),
      memoryBytes: z.number().exactOptional(),
      usedBytes: z.number().exactOptional(),
    }),
  ),
});
export type DeviceState = z.infer<typeof DeviceState>;

const id = z.object({ id: z.string().min(1) });
const Name = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'a name has 1 to 32 small letters, digits and dashes, a letter first');

export const devices = {
  list: base
    .route({
      method: 'GET',
      path: '/devices',
      tags: ['devices'],
      summary: 'Every device and share: what it is, how busy, what is granted of it and to whom.',
    })
    .output(z.object({ devices: z.array(DeviceState) })),
  samples: base
    .route({ method: 'GET', path: '/devices/samples', tags: ['devices'], summary: 'Samples of the last hour, oldest first.' })
    .input(z.object({ seconds: z.coerce.number().int().min(1).max(3600).default(900) }))
    .output(z.object({ samples: z.array(Sample) })),
  watch: base
    .route({
      method: 'GET',
      path: '/devices/watch',
      tags: ['devices'],
      summary: 'Once a second the newest sample and the state of the devices.',
      description: 'With `processes` the lists of processes are read every second.',
    })
    .input(streamInput({ processes: z.union([z.boolean(), z.stringbool()]).exactOptional() }))
    .output(eventIterator(z.object({ sample: Sample, devices: z.array(DeviceState) }))),
  drain: base
    .route({
      method: 'POST',
      path: '/devices/{id}/drain',
      tags: ['devices'],
      summary: 'Gives a device no new work; what runs on it goes on.',
    })
    .input(id.extend({ note: z.string().min(1).max(500, 'a note has at most 500 characters').exactOptional() })),
  undrain: base
    .route({ method: 'POST', path: '/devices/{id}/undrain', tags: ['devices'], summary: 'Gives a device work again.' })
    .input(id),
  split: base
    .route({
      method: 'POST',
      path: '/devices/{id}/split',
      tags: ['devices'],
      summary: 'Makes a share of a device with its own id: some of its cores, some of its memory, or both.',
    })
    .input(
      id.extend({
        name: Name,
        coreIds: z.array(z.int().nonnegative()).min(1).exactOptional(),
        memoryBytes: z.number().int().positive().exactOptional(),
      }),
    ),
  join: base
    .route({ method: 'POST', path: '/devices/{id}/join', tags: ['devices'], summary: 'Gives a share back to its device.' })
    .input(id),
  reserve: base
    .route({ method: 'PUT', path: '/devices/{id}/reserve', tags: ['devices'], summary: 'Says how much of its memory is never granted.' })
    .input(id.extend({ bytes: z.number().int().nonnegative() })),
  overcommit: base
    .route({
      method: 'PUT',
      path: '/devices/{id}/overcommit',
      tags: ['devices'],
      summary: 'Says how many times over its memory may be granted.',
    })
    .input(id.extend({ ratio: z.number().min(1).max(10) })),
  measure: base
    .route({
      method: 'POST',
      path: '/devices/{id}/measure',
      tags: ['devices'],
      summary: 'Measures what a device can do, which takes a few seconds in which it gets no work; refused while a job has it.',
      description: 'A drained device may be measured. A processor is measured on all its cores, a share of it on its own.',
    })
    .input(id)
    .output(DeviceCapability),
};
