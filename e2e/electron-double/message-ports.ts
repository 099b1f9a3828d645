import { EventEmitter } from 'node:events';
import { deserialize, serialize } from 'node:v8';

/** The other end of a port: a port in this process, or one in a page. */
export interface PortEnd {
  receive(message: unknown): void;
  disconnected(): void;
}

/** What a receiver in another process gets: a copy, made as Electron makes it. Throws for what cannot be cloned. */
export const cloned = (value: unknown): unknown => deserialize(serialize(value));

export class MessagePortMain extends EventEmitter {
  #other: PortEnd | undefined;
  #isStarted = false;
  #isTransferred = false;
  #waiting: unknown[] = [];
  readonly end: PortEnd = {
    receive: (message) => {
      this.#waiting.push(message);
      setImmediate(() => this.#deliver());
    },
    disconnected: () => {
      if (!this.#other) return;
      this.#other = undefined;
      setImmediate(() => this.emit('close'));
    },
  };

  entangle(other: PortEnd): void {
    this.#other = other;
  }

  postMessage(message: unknown, transfer: unknown[] = []): void {
    checkTransfer(transfer);
    if (transfer.length > 0) throw new Error('the double carries ports to pages by webContents.postMessage only');
    const copy = cloned(message);
    this.#other?.receive(copy);
  }

  start(): void {
    this.#isStarted = true;
    this.#deliver();
  }

  close(): void {
    const other = this.#other;
    this.#other = undefined;
    other?.disconnected();
  }

  /** Gives this end to a page: the port here is dead from now on, and `adopt` gets its other end and what came before. */
  transfer(adopt: (other: MessagePortMain, waiting: readonly unknown[]) => void): void {
    if (this.#isTransferred) throw new TypeError('Port at index 0 is already neutered');
    this.#isTransferred = true;
    const other = this.#other;
    this.#other = undefined;
    if (!(other instanceof LocalEnd)) throw new TypeError('Port at index 0 has no other end here');
    adopt(other.port, this.#waiting.splice(0));
  }

  #deliver(): void {
    if (!this.#isStarted) return;
    for (const data of this.#waiting.splice(0)) this.emit('message', { data, ports: [] });
  }
}

class LocalEnd implements PortEnd {
  readonly port: MessagePortMain;
  constructor(port: MessagePortMain) {
    this.port = port;
  }
  receive(message: unknown): void {
    this.port.end.receive(message);
  }
  disconnected(): void {
    this.port.end.disconnected();
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain();
  readonly port2 = new MessagePortMain();
  constructor() {
    this.port1.entangle(new LocalEnd(this.port2));
    this.port2.entangle(new LocalEnd(this.port1));
  }
}

/** Electron's main process transfers ports and nothing else: a buffer in the list is an error. */
export function checkTransfer(transfer: readonly unknown[]): asserts transfer is readonly MessagePortMain[] {
  transfer.forEach((item, index) => {
    if (!(item instanceof MessagePortMain)) throw new TypeError(`Port at index ${index} is not a valid port`);
  });
}
