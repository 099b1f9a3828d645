import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { Availability } from '../../../ports.ts';
import { dataLabel } from './container-settings.ts';
import { missingSocket, problemOf } from './docker-errors.ts';

export interface DockerLinkOptions {
  readonly dataHash: string;
  readonly socketPath?: string;
  /** How long Docker may take to say that it is there. */
  readonly answerMs?: number;
  /** How long after the first contact containers count as left over that nobody has asked for. */
  readonly leftoverMs?: number;
}

/** The line to Docker, and the containers of ours that must not stay there. */
export interface DockerLink {
  open(): Promise<Docker>;
  check(signal: AbortSignal): Promise<Availability>;
  /** Says that a container belongs to an attempt that is still open. */
  claim(name: string): void;
  /** Now, or when Docker answers again. */
  remove(name: string): Promise<void>;
}

export const createDockerLink = ({ dataHash, socketPath, answerMs = 3_000, leftoverMs = 30_000 }: DockerLinkOptions): DockerLink => {
  const claimed = new Set<string>();
  const toRemove = new Set<string>();
  let opened: Promise<Docker> | undefined;
  let hasLookedForLeftovers = false;

  // Loading dockerode with its ssh and gRPC parts takes a while: only once it is needed.
  const load = async (): Promise<Docker> => {
    const { default: DockerClient } = await import('dockerode');
    return new DockerClient(socketPath === undefined ? {} : { socketPath });
  };
  const open = (): Promise<Docker> => (opened ??= load());

  const check = async (signal: AbortSignal): Promise<Availability> => {
    try {
      // Where Docker is not installed, its client is never loaded.
      const sockets = socketsOf(socketPath ?? process.env['DOCKER_HOST'], homedir());
      const missing = await Promise.all(sockets.map(isPlaceFree));
      if (sockets.length > 0 && missing.every(Boolean)) return { kind: 'unavailable', detail: missingSocket(sockets.at(-1) ?? '') };
      const docker = await open();
      // The types lack the options of ping.
      const ping: (options: { abortSignal: AbortSignal }) => Promise<unknown> = docker.ping.bind(docker);
      await ping({ abortSignal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]) });
    } catch (error) {
      const detail = problemOf(error)?.detail ?? (error instanceof Error ? error.message : String(error));
      return { kind: 'unavailable', detail };
    }
    for (const name of toRemove) await remove(name);
    if (!hasLookedForLeftovers) await lookForLeftovers();
    return { kind: 'ready' };
  };

  const remove = async (name: string): Promise<void> => {
    claimed.delete(name);
    try {
      await (await open()).getContainer(name).remove({ force: true, v: true });
      toRemove.delete(name);
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      // 404: gone already; 409: somebody is removing it now.
      if (problem.kind === 'refused' && (problem.status === 404 || problem.status === 409)) toRemove.delete(name);
      else toRemove.add(name);
    }
  };

  /**
   * A core that was killed between writing down an end and forgetting its container leaves the container behind. Every attempt that
   * is still open is asked for when a core starts, so what is there at the first contact and nobody asks for is such a rest.
   */
  const lookForLeftovers = async (): Promise<void> => {
    hasLookedForLeftovers = true;
    const there = await (await open()).listContainers({ all: true, filters: { label: [`${dataLabel}=${dataHash}`] } });
    const names = there.map(({ Names, Id }) => Names[0]?.replace(/^\//, '') ?? Id);
    const timer = setTimeout(() => {
      void Promise.all(names.filter((name) => !claimed.has(name)).map(remove));
    }, leftoverMs);
    timer.unref();
  };

  return { open, check, claim: (name) => void claimed.add(name), remove };
};

/** The sockets that the address may mean; none for other kinds of address, which only show in use whether they work. */
export const socketsOf = (address: string | undefined, home: string): string[] => {
  if (!address || address === 'unix://') return [join(home, '.docker/run/docker.sock'), '/var/run/docker.sock'];
  if (address.startsWith('unix://')) return [address.slice('unix://'.length)];
  return address.startsWith('/') ? [address] : [];
};

const isPlaceFree = async (path: string): Promise<boolean> => {
  try {
    await stat(path);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
};
