/**
 * A session's entries as a tree, and its active branch: the newest entry and its ancestors.
 *
 * Both ends grow in constant time per entry: a new entry that continues the branch is pushed, a sibling (a retried
 * answer) cuts the branch back to the common parent, an older page is prepended once.
 */
import type { EntryOut } from '@/api/types'

export class Timeline {
  private readonly byId = new Map<string, EntryOut>()
  private branch: EntryOut[] = []
  private readonly position = new Map<string, number>()
  /** Positions shift when older entries are put in front; this is what was put there. */
  private shift = 0
  private oldestSeq = Number.POSITIVE_INFINITY
  private view: readonly EntryOut[] | null = null

  clear(): void {
    this.byId.clear()
    this.position.clear()
    this.branch = []
    this.shift = 0
    this.oldestSeq = Number.POSITIVE_INFINITY
    this.view = null
  }

  get size(): number {
    return this.byId.size
  }

  has(id: string): boolean {
    return this.byId.has(id)
  }

  /** The lowest number loaded, to page upwards from. */
  get firstSeq(): number | null {
    return this.byId.size === 0 ? null : this.oldestSeq
  }

  get newest(): EntryOut | undefined {
    return this.branch[this.branch.length - 1]
  }

  /** Whether the branch goes on above what is loaded. */
  get hasOlder(): boolean {
    return this.branch[0]?.parent_id != null
  }

  /** The branch, the oldest loaded entry first; the same array until something changes. */
  active(): readonly EntryOut[] {
    this.view ??= this.branch.slice()
    return this.view
  }

  /** Takes an entry with a higher number than all before. */
  append(entry: EntryOut): void {
    this.byId.set(entry.id, entry)
    this.oldestSeq = Math.min(this.oldestSeq, entry.seq)
    this.view = null
    const newest = this.newest
    if (newest && entry.parent_id === newest.id) {
      this.push(entry)
      return
    }
    const at = entry.parent_id == null ? undefined : this.positionOf(entry.parent_id)
    if (at !== undefined) {
      for (const gone of this.branch.splice(at + 1)) this.position.delete(gone.id)
      this.push(entry)
      return
    }
    this.rebuild(entry)
  }

  /** Takes a page of entries older than all before. */
  prepend(page: readonly EntryOut[]): void {
    for (const entry of page) {
      if (this.byId.has(entry.id)) continue
      this.byId.set(entry.id, entry)
      this.oldestSeq = Math.min(this.oldestSeq, entry.seq)
    }
    const above: EntryOut[] = []
    let parent = this.branch[0]?.parent_id ?? null
    while (parent !== null) {
      const entry = this.byId.get(parent)
      if (!entry) break
      above.push(entry)
      parent = entry.parent_id ?? null
    }
    if (above.length === 0) return
    above.reverse()
    this.branch = above.concat(this.branch)
    this.shift += above.length
    above.forEach((entry, i) => {
      this.position.set(entry.id, i - this.shift)
    })
    this.view = null
  }

  private positionOf(id: string): number | undefined {
    const at = this.position.get(id)
    return at === undefined ? undefined : at + this.shift
  }

  private push(entry: EntryOut): void {
    this.position.set(entry.id, this.branch.length - this.shift)
    this.branch.push(entry)
  }

  /** The entry belongs elsewhere: walk up to the branch, or as far as there are entries. */
  private rebuild(entry: EntryOut): void {
    const chain: EntryOut[] = [entry]
    let parent = entry.parent_id ?? null
    let keep = 0
    while (parent !== null) {
      const at = this.positionOf(parent)
      if (at !== undefined) {
        keep = at + 1
        break
      }
      const above = this.byId.get(parent)
      if (!above) break
      chain.push(above)
      parent = above.parent_id ?? null
    }
    for (const gone of this.branch.splice(keep)) this.position.delete(gone.id)
    if (keep === 0) this.shift = 0
    for (const next of chain.reverse()) this.push(next)
  }
}
