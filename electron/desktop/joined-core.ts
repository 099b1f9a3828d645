import type { CallPort } from '../core/serve-port.ts';
import type { Client } from '../../shared/contract/index.ts';

/** The core as the desktop shell sees it, whether it runs in this process or in another one. */
export interface JoinedCore {
  /** True when the core runs in this process and ends with it. */
  readonly isOwn: boolean;
  /** For the tray and the notices. */
  readonly client: Client;
  /** Lets a page call the core over a port, until what it returns is called or the port closes. */
  servePage(port: CallPort): () => void;
  /** Answers a request for app://switchyard/api/v1/artifacts/<hash>. */
  readArtifact(request: Request): Promise<Response>;
  /** Resolves when a core in another process has gone. */
  readonly ended: Promise<void>;
  /** Ends an own core; lets go of another. */
  close(): Promise<void>;
}
