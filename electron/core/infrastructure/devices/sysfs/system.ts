import type { ClientLoad } from './client-load.ts';
import type { NameDevice } from './pci-names.ts';
import type { NodeOwner, NodeUsers } from './node-users.ts';
import type { Rates } from './rates.ts';
import type { SystemFolder } from './system-folder.ts';

/** What all probes of one machine share. */
export interface System {
  readonly sys: SystemFolder;
  readonly proc: SystemFolder;
  readonly users: NodeUsers;
  readonly rates: Rates;
  readonly clientLoad: (key: string, owner: NodeOwner) => ClientLoad;
  readonly nameDevice: NameDevice;
}
