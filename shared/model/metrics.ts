import * as z from 'zod';

/** What is measured over time, with its unit. Devices have all but the last two, groups what is granted, jobs what they use. */
export const Quantity = z.enum([
  'utilization',
  'memoryUsedBytes',
  'memoryTotalBytes',
  'memoryUtilization',
  'powerW',
  'temperatureC',
  'frequencyMhz',
  'cores',
  'grantedCores',
  'grantedMemoryBytes',
  'grantedDeviceMemoryBytes',
  'coresUsed',
  'deviceMemoryUsedBytes',
]);
export type Quantity = z.infer<typeof Quantity>;

/** What was measured in one stretch of time. */
export const MetricPoint = z.object({
  /** Beginning of the stretch, milliseconds since 1970. */
  at: z.number(),
  mean: z.number(),
  max: z.number(),
});
export type MetricPoint = z.infer<typeof MetricPoint>;

/** What devices have and jobs use; `compute` is the time in which a device beside the processor was busy. */
export const Resource = z.enum(['cores', 'memory', 'compute', 'deviceMemory']);
export type Resource = z.infer<typeof Resource>;

/** How much of a resource was used over a stretch of time: used / total, both summed over devices and time. */
export const Utilization = z.object({
  /** Id of the device, kind of device, or name of the group. */
  key: z.string(),
  resource: Resource,
  /** Core-seconds, byte-seconds or device-seconds, over the time in which it was measured. */
  used: z.number(),
  total: z.number(),
  /** 0 to 1. */
  ratio: z.number(),
});
export type Utilization = z.infer<typeof Utilization>;
