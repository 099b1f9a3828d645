import { engineLoad, type ClientReading } from './engine-load.ts';
import { clientsOf, usersOf, type NodeOwner, type NodeUsers } from './node-users.ts';

/** What the programs on a device tell of it, for drivers that have no file for that. */
export interface ClientLoad {
  /** Of the busiest engine since the call before, 0 to 100. */
  readonly utilization?: number;
  readonly memoryBytes: number;
  /** False where some processes are closed to us and none of the others uses the device: then nothing is known. */
  readonly isVisible: boolean;
}

/** Keeps the reading before of each device, by its key; it outlives a look for devices, which then costs no measurement. */
export const createClientLoads = (users: NodeUsers, now: () => number): ((key: string, owner: NodeOwner) => ClientLoad) => {
  const readings = new Map<string, ClientReading>();
  return (key, owner) => {
    const { users: all, isComplete } = users.refresh();
    const reading = { at: now(), clients: clientsOf(usersOf(all, owner)) };
    const utilization = engineLoad(readings.get(key), reading);
    readings.set(key, reading);
    const sizes = [...reading.clients.values()].flatMap(({ memoryBytes }) => memoryBytes ?? []);
    const isVisible = isComplete || reading.clients.size > 0;
    return {
      ...(utilization === undefined || !isVisible ? {} : { utilization }),
      memoryBytes: sizes.reduce((sum, size) => sum + size, 0),
      isVisible,
    };
  };
};
