import * as z from 'zod';

export const DeviceKind = z.enum(['cpu', 'gpu', 'npu', 'fpga']);
export type DeviceKind = z.infer<typeof DeviceKind>;

/** How the cores of a processor hang together. Core numbers are the system's own. */
export const Topology = z.object({
  sockets: z.int().positive().exactOptional(),
  /** Cores of each NUMA node. */
  numaNodes: z.array(z.object({ node: z.int(), coreIds: z.array(z.int()) })).exactOptional(),
  threadsPerCore: z.int().positive().exactOptional(),
  /** Only on processors with two kinds of core. */
  performanceCoreIds: z.array(z.int()).exactOptional(),
  efficiencyCoreIds: z.array(z.int()).exactOptional(),
});
export type Topology = z.infer<typeof Topology>;

/** Something about a device that costs the user, with its sentence in shared/words/. */
export const DeviceAdvice = z.enum(['persistence-mode-off']);
export type DeviceAdvice = z.infer<typeof DeviceAdvice>;

/** What a device is: facts that do not change while it is there. Unknown is absent, never 0. */
export const Device = z.object({
  /** Short and lasting: cpu, gpu0, gpu1, npu0, fpga0; a share of a device has the name that it was given. */
  id: z.string(),
  kind: DeviceKind,
  name: z.string(),
  vendor: z.string().exactOptional(),
  uuid: z.string().exactOptional(),
  /** Address on the bus, `0000:3b:00.0`. */
  pci: z.string().exactOptional(),
  /** Version of the driver. */
  driver: z.string().exactOptional(),
  /** What the driver offers to programs, such as `CUDA 12.4`. */
  runtime: z.string().exactOptional(),
  /** The device of which this one is a share. */
  parent: z.string().exactOptional(),
  /** Cores that may be granted; only of processors. */
  cores: z.int().positive().exactOptional(),
  /** The cores themselves, where work is bound to them; absent means any. */
  coreIds: z.array(z.int().nonnegative()).exactOptional(),
  physicalCores: z.int().positive().exactOptional(),
  topology: Topology.exactOptional(),
  /** On which it hangs. Of a processor or a share: that has all of its cores, where there are several. */
  numaNode: z.int().nonnegative().exactOptional(),
  /** A processor's is the memory of the machine, or what a control group leaves of it. */
  memoryTotalBytes: z.number().positive().exactOptional(),
  powerLimitW: z.number().exactOptional(),
  /** ONNX execution providers that reach this device. */
  providers: z.array(z.string()),
  /** Files under /dev that a program needs to use it. */
  nodes: z.array(z.string()).exactOptional(),
  advice: z.array(DeviceAdvice).exactOptional(),
});
export type Device = z.infer<typeof Device>;

/** One measurement of one device. Percentages are 0 to 100; what could not be read is absent. */
export const DeviceReading = z.object({
  utilization: z.number().exactOptional(),
  memoryUsedBytes: z.number().exactOptional(),
  /** Share of time in which the memory was read or written. */
  memoryUtilization: z.number().exactOptional(),
  powerW: z.number().exactOptional(),
  /** Since the driver was loaded. */
  energyJ: z.number().exactOptional(),
  temperatureC: z.number().exactOptional(),
  frequencyMhz: z.number().exactOptional(),
  memoryFrequencyMhz: z.number().exactOptional(),
  /** Why its clocks are lowered: power, heat and the like, in the driver's words. */
  throttled: z.array(z.string()).exactOptional(),
  /** Memory errors that could not be corrected. */
  eccErrors: z.number().exactOptional(),
  fanPercent: z.number().exactOptional(),
});
export type DeviceReading = z.infer<typeof DeviceReading>;

/** What a device can do, measured by a benchmark of two seconds: what a job's work is divided by for its time to completion. */
export const DeviceCapability = z.object({
  /** 10⁹ floating point operations a second, in the product of two square matrices of 32 bit floats. */
  gflops: z.number().positive(),
  /** 10⁹ bytes a second, read and written while large arrays are added. */
  gbPerSecond: z.number().positive(),
  /** That computed; only of processors. */
  threads: z.int().positive().exactOptional(),
  /** Milliseconds since 1970. */
  measuredAt: z.number(),
});
export type DeviceCapability = z.infer<typeof DeviceCapability>;

/** A process that uses a device. */
export const DeviceProcess = z.object({
  pid: z.int().positive(),
  /** Absent where the driver does not tell. */
  memoryBytes: z.number().exactOptional(),
  name: z.string().exactOptional(),
  /** The job it belongs to; absent for programs that are not ours. */
  jobId: z.int().positive().exactOptional(),
});
export type DeviceProcess = z.infer<typeof DeviceProcess>;

/** One measurement of the whole machine, once a second. Percentages are 0 to 100; what could not be read is absent. */
export const Sample = z.object({
  /** Milliseconds since 1970. */
  at: z.number(),
  cpuPercent: z.number().exactOptional(),
  corePercents: z.array(z.number()).exactOptional(),
  frequencyMhz: z.number().exactOptional(),
  temperatureC: z.number().exactOptional(),
  /** Of the processor's package, from its energy counter. */
  powerW: z.number().exactOptional(),
  memoryTotalBytes: z.number().exactOptional(),
  /** Total minus what the kernel says is available to a new program. */
  memoryUsedBytes: z.number().exactOptional(),
  /** Resident memory of the processes of Switchyard's own jobs. */
  memoryOursBytes: z.number().exactOptional(),
  diskTotalBytes: z.number().exactOptional(),
  diskFreeBytes: z.number().exactOptional(),
});
export type Sample = z.infer<typeof Sample>;
