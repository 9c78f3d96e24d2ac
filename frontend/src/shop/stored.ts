/** A value that survives a reload and is the same in every tab. */
export type Stored<T> = {
  read: () => T
  /** Changes what is stored now, another tab's last write included; stored when it returns. */
  update: (change: (value: T) => T) => void
  subscribe: (listener: () => void) => () => void
}

type Shelf = Pick<Storage, 'getItem' | 'setItem'>

/**
 * Keeps a value under `key`; other tabs hear of a change through the storage event. `parse` gets what was kept, or null.
 * Where the browser refuses storage, the value lives as long as the page.
 */
export function createStored<T>(
  key: string,
  parse: (text: string | null) => T,
  shelf: Shelf | null = browserShelf(),
  events: Pick<EventTarget, 'addEventListener'> = globalThis,
): Stored<T> {
  const listeners = new Set<() => void>()
  let text = shelf?.getItem(key) ?? null
  let value = parse(text)

  const adopt = (next: string | null) => {
    if (next === text) return
    text = next
    value = parse(next)
    for (const listener of listeners) listener()
  }
  const refresh = () => {
    if (shelf) adopt(shelf.getItem(key))
  }
  events.addEventListener('storage', refresh)

  return {
    read: () => value,
    update: (change) => {
      refresh()
      const written = JSON.stringify(change(value))
      try {
        shelf?.setItem(key, written)
      } catch {
        // A full storage: the page still works, it only forgets.
      }
      adopt(written)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function browserShelf(): Shelf | null {
  try {
    return globalThis.localStorage ?? null
  } catch {
    return null
  }
}
