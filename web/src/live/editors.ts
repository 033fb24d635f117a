/** Who edits what right now: heard from others, forgotten when they fall silent. */

interface Heard {
  about: string
  name: string
  at: number
}

/** How often an open form says so, and how long it is believed. */
export const SAY_MS = 8_000
const BELIEVED_MS = 20_000

export class Editors {
  private heard = new Map<string, Heard>()
  private listeners = new Set<() => void>()

  constructor(private now: () => number) {}

  hear(kind: string, data: unknown): void {
    const { user_id, display_name, about } = (data ?? {}) as Record<string, unknown>
    if (kind !== 'typing' || typeof user_id !== 'string' || typeof about !== 'string') return
    this.heard.set(user_id, { about, name: String(display_name ?? ''), at: this.now() })
    for (const listener of this.listeners) listener()
  }

  /** The names of those who edit it, but for one user; joined, so that equal answers are the same. */
  of(about: string, but: string): string {
    const since = this.now() - BELIEVED_MS
    const names = [...this.heard].filter(([id, one]) => id !== but && one.about === about && one.at > since)
    return names.map(([, one]) => one.name).join(', ')
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

export const editors = new Editors(Date.now)
