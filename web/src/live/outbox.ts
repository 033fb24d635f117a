/**
 * Commands that were given but not yet answered, in order. Kept in the tab's storage, so that neither a dropped
 * connection nor a reload nor a server restart loses what somebody typed; the command's id makes sending it twice safe.
 */
import type { Problem } from '@/api/types'

export interface OutboxItem {
  id: string
  stream: string
  name: string
  args: object
  at: number
  state: 'waiting' | 'acked' | 'refused'
  /** The number of the entry it became. */
  seq?: number
  error?: Problem
}

export interface KeyValue {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export class Outbox {
  private items: readonly OutboxItem[] = []
  private readonly listeners = new Set<() => void>()
  private key: string | null = null

  constructor(private readonly storage: KeyValue | null) {}

  /** Takes up what this person left unanswered in this tab. */
  open(owner: string): void {
    this.key = `skald-outbox:${owner}`
    try {
      const kept = JSON.parse(this.storage?.getItem(this.key) ?? '[]') as OutboxItem[]
      this.items = kept.filter((item) => item.state !== 'acked')
    } catch {
      this.items = []
    }
    this.tell()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  all = (): readonly OutboxItem[] => this.items

  streamOf(id: string): string | null {
    return this.items.find((item) => item.id === id)?.stream ?? null
  }

  waiting(): OutboxItem[] {
    return this.items.filter((item) => item.state === 'waiting')
  }

  add(item: Omit<OutboxItem, 'state'>): void {
    this.set([...this.items, { ...item, state: 'waiting' }])
  }

  /** An acknowledged command with a seq stays visible until the timeline has that entry. */
  acked(id: string, seq: number | undefined): void {
    if (seq === undefined) this.remove(id)
    else this.set(this.items.map((item) => (item.id === id ? { ...item, state: 'acked' as const, seq } : item)))
  }

  refused(id: string, error: Problem): void {
    this.set(this.items.map((item) => (item.id === id ? { ...item, state: 'refused' as const, error } : item)))
  }

  /** Forgets acknowledged commands whose entries have arrived. */
  landed(stream: string, seq: number): void {
    if (this.items.some((item) => item.stream === stream && item.state === 'acked' && (item.seq ?? 0) <= seq)) {
      this.set(this.items.filter((i) => !(i.stream === stream && i.state === 'acked' && (i.seq ?? 0) <= seq)))
    }
  }

  remove(id: string): void {
    this.set(this.items.filter((item) => item.id !== id))
  }

  private set(items: readonly OutboxItem[]): void {
    this.items = items
    if (this.key) {
      try {
        if (items.length === 0) this.storage?.removeItem(this.key)
        else this.storage?.setItem(this.key, JSON.stringify(items))
      } catch {
        // A full or forbidden storage only costs the memory across reloads.
      }
    }
    this.tell()
  }

  private tell(): void {
    for (const listener of this.listeners) listener()
  }
}
