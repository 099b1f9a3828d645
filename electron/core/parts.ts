import type { ApplicationManifest } from '../../shared/model/application.ts';
import type { Device } from '../../shared/model/device.ts';
import { manifests } from './applications/manifests.ts';
import { entryOf } from './entry-of.ts';
import { createCommandBackend } from './infrastructure/backends/command/command-backend.ts';
import { createLauncher } from './infrastructure/backends/command/launcher.ts';
import { createDockerBackend } from './infrastructure/backends/docker/docker-backend.ts';
import { createOnnxBackend, type OnnxBackend } from './infrastructure/backends/onnx/create-onnx-backend.ts';
import { createProcessBackend } from './infrastructure/backends/process/process-backend.ts';
import { createCpuProbe } from './infrastructure/devices/cpu-probe.ts';
import { createSampler } from './infrastructure/devices/sampler/sampler-link.ts';
import type { Lifetime } from './lib/lifetime.ts';
import type { Backend, Host, Probe, Sampler } from './ports.ts';

/** The one list of what the core is made of; tests pass their own. */
export interface Parts {
  readonly probe: (host: Host, lifetime: Lifetime) => Probe;
  /** The devices beside the processor. */
  readonly sampler: (host: Host, lifetime: Lifetime) => Sampler;
  /** `devices` are all that are known at the moment of asking. */
  readonly onnx: (host: Host, cores: number, devices: () => readonly Device[]) => OnnxBackend;
  /** Backends beside ONNX. */
  readonly backends: (host: Host, lifetime: Lifetime) => Backend[];
  readonly manifests: readonly ApplicationManifest[];
}

export const realParts: Parts = {
  probe: (host, lifetime) => createCpuProbe({ dataFolder: host.dataFolder, lifetime, now: host.now }),
  sampler: (host, lifetime) => createSampler({ entry: entryOf(host, 'sampler'), lifetime }),
  onnx: (host, cores, devices) => createOnnxBackend({ host, maximumWorkers: cores, devices }),
  backends: (host, lifetime) => {
    const launcher = createLauncher(entryOf(host, 'launcher'));
    lifetime.add(() => launcher.close());
    return [createCommandBackend({ launcher }), createDockerBackend({ dataFolder: host.dataFolder }), createProcessBackend()];
  },
  manifests,
};
