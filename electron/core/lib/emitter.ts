/** Tells facts to whoever listens at the moment. Listeners must not throw. */
export interface Emitter<Fact> {
  emit(fact: Fact): void;
  /** Answers the function that ends the listening. */
  subscribe(listener: (fact: Fact) => void): () => void;
}

export const createEmitter = <Fact>(): Emitter<Fact> => {
  const listeners = new Set<(fact: Fact) => void>();
  return {
    emit: (fact) => {
      for (const listener of listeners) listener(fact);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
