/** Whoever wants to hear of new work in this process. */
export interface Listeners {
  /** Gives the way to stop listening. */
  add(listener: () => void): () => void
  tell(): void
}

/** Gives an empty list of listeners. */
export function createListeners(): Listeners {
  const listeners = new Set<() => void>()
  return {
    add(listener) {
      // A wrapper of its own: the same function may listen twice, and stop once.
      const own = (): void => listener()
      listeners.add(own)
      return () => {
        listeners.delete(own)
      }
    },
    tell() {
      for (const listener of listeners) listener()
    },
  }
}
