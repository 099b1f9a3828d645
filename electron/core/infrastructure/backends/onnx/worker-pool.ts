/** What the pool keeps warm. */
export interface Poolable {
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<unknown>;
  end(): void;
}

/** Calls back once after a time; the answer forgets it. */
export type SetTimer = (callback: () => void, afterMs: number) => () => void;

export interface PoolOptions {
  /** Never more are alive, those that are still ending included. */
  readonly maximum: number;
  readonly idleMs: number;
  readonly setTimer: SetTimer;
}

export interface Pool<Member extends Poolable> {
  /** A member of that key, for one job at a time; rejects with the signal's reason while it waits, or with what `open` threw. */
  acquire(key: string, open: () => Promise<Member>, signal: AbortSignal, turn?: Turn): Promise<Member>;
  /** Keeps an idle member of such a key for who will acquire it under that name; false when there is none that is free. */
  hold(isSuch: (key: string) => boolean, name: string): boolean;
  /** Whether there is a member of such a key, busy or not. */
  has(isSuch: (key: string) => boolean): boolean;
  /** Whoever it was held for does not come. */
  letGo(name: string): void;
  /** Given back in good order; a member that has ended is forgotten by itself. */
  release(member: Member): void;
  /** Ends all members and waits until they have ended. */
  close(): Promise<void>;
}

/** What an acquiring may say of itself, and be told. */
export interface Turn {
  /** Under which a member may be held for it. */
  readonly name: string;
  /** It waits for no other job any more: it has a member, or one is being opened, or what stands in its way is ending. */
  came(): void;
}

interface Slot<Member> {
  readonly key: string;
  /** For whom it is held while it is idle. It is not ended for others while another can be. */
  heldFor: string | undefined;
  member: Member | undefined;
  state: 'opening' | 'busy' | 'idle' | 'ending';
  cancelTimer: () => void;
}

interface Waiter<Member> {
  readonly key: string;
  readonly turn: Turn | undefined;
  readonly signal: AbortSignal;
  open(): Promise<Member>;
  give(member: Member): void;
  fail(error: unknown): void;
}

/** Keeps members warm by key and makes room for another key by ending the one that was idle longest. */
export const createPool = <Member extends Poolable>({ maximum, idleMs, setTimer }: PoolOptions): Pool<Member> => {
  /** In the order of last use, oldest first. */
  const slots = new Set<Slot<Member>>();
  /** In the order of asking; one for whom a member is being opened is not among them. */
  const waiters = new Set<Waiter<Member>>();
  const emptied = Promise.withResolvers<void>();
  let isClosed = false;

  const forget = (slot: Slot<Member>): void => {
    slot.cancelTimer();
    slots.delete(slot);
    if (isClosed && slots.size === 0) emptied.resolve();
    serveWaiters();
  };

  const endSlot = (slot: Slot<Member>): void => {
    slot.state = 'ending';
    slot.cancelTimer();
    slot.member?.end();
  };

  const giveTo = (waiter: Waiter<Member>, slot: Slot<Member>, member: Member): void => {
    slot.state = 'busy';
    slot.heldFor = undefined;
    slot.cancelTimer();
    waiter.turn?.came();
    slots.delete(slot);
    slots.add(slot);
    waiters.delete(waiter);
    waiter.give(member);
  };

  const becomeIdle = (slot: Slot<Member>): void => {
    slot.state = 'idle';
    slot.cancelTimer = setTimer(() => endSlot(slot), idleMs);
    serveWaiters();
  };

  const openFor = async (waiter: Waiter<Member>): Promise<void> => {
    waiters.delete(waiter);
    waiter.turn?.came();
    const slot: Slot<Member> = { key: waiter.key, heldFor: undefined, member: undefined, state: 'opening', cancelTimer: () => undefined };
    slots.add(slot);
    try {
      const member = await waiter.open();
      slot.member = member;
      void member.ended.then(() => forget(slot));
      if (isClosed) {
        endSlot(slot);
        waiter.fail(closed());
      } else if (waiter.signal.aborted) becomeIdle(slot);
      else giveTo(waiter, slot, member);
    } catch (error) {
      waiter.fail(error);
      forget(slot);
    }
  };

  /** In the order of asking, so that a key that is always wanted cannot keep another from its turn for ever. */
  const serveWaiters = (): void => {
    let ending = [...slots].filter((slot) => slot.state === 'ending').length;
    for (const waiter of [...waiters]) {
      const warm = warmFor(waiter);
      if (warm?.member) giveTo(waiter, warm, warm.member);
      else if (slots.size < maximum) void openFor(waiter);
      else {
        // Room is there only once a process has ended, which serves the waiters again.
        if (ending > 0) ending -= 1;
        else if (!makeRoom()) return;
        waiter.turn?.came();
      }
    }
  };

  const idle = (): Slot<Member>[] => [...slots].filter(({ state }) => state === 'idle');

  /** The one that is held for it, else the one used last that is held for nobody; of another only what would be ended for it. */
  const warmFor = ({ key, turn }: Waiter<Member>): Slot<Member> | undefined => {
    const ofKey = idle().filter((slot) => slot.key === key);
    const own = ofKey.find(({ heldFor }) => heldFor !== undefined && heldFor === turn?.name) ?? ofKey.findLast(isFree);
    return own ?? (slots.size < maximum || idle().some(isFree) ? undefined : ofKey[0]);
  };

  /** False when nothing is idle. */
  const makeRoom = (): boolean => {
    const oldest = idle().find(isFree) ?? idle()[0];
    if (oldest) endSlot(oldest);
    return oldest !== undefined;
  };

  const acquire: Pool<Member>['acquire'] = (key, open, signal, turn) =>
    new Promise((resolve, reject) => {
      if (isClosed) return reject(closed());
      if (signal.aborted) return reject(signal.reason as Error);
      const stop = (): void => {
        waiters.delete(waiter);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', stop, { once: true });
      const give = (member: Member): void => {
        signal.removeEventListener('abort', stop);
        resolve(member);
      };
      const fail = (error: unknown): void => {
        signal.removeEventListener('abort', stop);
        reject(error as Error);
      };
      const waiter: Waiter<Member> = { key, turn, open, signal, give, fail };
      waiters.add(waiter);
      serveWaiters();
    });

  const letGo: Pool<Member>['letGo'] = (name) => {
    for (const slot of slots) if (slot.heldFor === name) slot.heldFor = undefined;
    serveWaiters();
  };

  return {
    acquire,
    hold: (isSuch, name) => {
      const found = idle().findLast((slot) => isFree(slot) && isSuch(slot.key));
      if (found) found.heldFor = name;
      return found !== undefined;
    },
    has: (isSuch) => [...slots].some(({ key, state }) => state !== 'ending' && isSuch(key)),
    letGo,
    release: (member) => {
      const slot = [...slots].find((one) => one.member === member);
      if (slot?.state === 'busy') becomeIdle(slot);
    },
    close: async () => {
      isClosed = true;
      for (const waiter of waiters) waiter.fail(closed());
      waiters.clear();
      for (const slot of slots) endSlot(slot);
      if (slots.size > 0) await emptied.promise;
    },
  };
};

const isFree = ({ heldFor }: { heldFor: string | undefined }): boolean => heldFor === undefined;

const closed = (): Error => new Error('the pool is closed');
