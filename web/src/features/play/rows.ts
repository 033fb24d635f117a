/** Turns entries, the answer being written and unsent commands into the rows of the timeline. */
import type { EntryOut, NarrationData, NarrationStatus } from '@/api/types'
import type { OutboxItem } from '@/live/outbox'
import type { RunningGeneration } from '@/live/session'
import { speaker } from '@/live/speaker'
import type { StreamedPart } from '@/live/stream-text'

export type Row =
  | { type: 'message'; key: string; entry: EntryOut; mine: boolean; follows: boolean }
  | {
      type: 'narration'
      key: string
      text: string
      label: string | null
      /** The first part of its answer carries the heading. */
      first: boolean
      entry: EntryOut | null
      status: NarrationStatus | 'streaming'
      /** The newest answer can be told again. */
      retryable: boolean
    }
  | { type: 'roll'; key: string; entry: EntryOut }
  | { type: 'effects'; key: string; entries: EntryOut[] }
  | { type: 'system'; key: string; entry: EntryOut }
  | { type: 'thinking'; key: string; generation: RunningGeneration }
  | { type: 'pending'; key: string; item: OutboxItem }

export interface RowInput {
  entries: readonly EntryOut[]
  streaming: readonly StreamedPart[]
  generation: RunningGeneration | null
  pending: readonly OutboxItem[]
  userId: string
}

/** Five minutes of silence start a new block with the name again. */
const BLOCK_MS = 5 * 60_000

function narration(entry: EntryOut): NarrationData {
  return entry.data as unknown as NarrationData
}

/** The place of the newest answer if nobody has said anything since; it alone can be retried. */
function retryableFrom(entries: readonly EntryOut[]): string | null {
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i] as EntryOut
    if (entry.kind === 'message') return null
    if (entry.kind === 'narration') return entry.id
  }
  return null
}

export function toRows({ entries, streaming, generation, pending, userId }: RowInput): Row[] {
  const rows: Row[] = []
  const retryable = generation ? null : retryableFrom(entries)
  let told: string | null = null
  for (const entry of entries) {
    const last = rows[rows.length - 1]
    switch (entry.kind) {
      case 'message': {
        const before = last?.type === 'message' ? last.entry : null
        const follows =
          before !== null &&
          speaker(before) === speaker(entry) &&
          before.author.name === entry.author.name &&
          Date.parse(entry.created_at) - Date.parse(before.created_at) < BLOCK_MS
        rows.push({ type: 'message', key: entry.id, entry, mine: speaker(entry) === userId, follows })
        break
      }
      case 'narration': {
        const { status, part, label, model } = narration(entry)
        const first = !entry.generation_id || told !== entry.generation_id
        told = entry.generation_id ?? null
        rows.push({
          type: 'narration',
          key: entry.generation_id ? `${entry.generation_id}:${part ?? 0}` : entry.id,
          text: entry.text,
          label: label ?? model ?? null,
          first,
          entry,
          status: status ?? 'complete',
          retryable: retryable === entry.id && Boolean(entry.generation_id),
        })
        break
      }
      case 'roll':
        rows.push({ type: 'roll', key: entry.id, entry })
        break
      case 'effect':
        if (last?.type === 'effects') last.entries.push(entry)
        else rows.push({ type: 'effects', key: entry.id, entries: [entry] })
        break
      default:
        rows.push({ type: 'system', key: entry.id, entry })
    }
  }
  let writing = false
  for (const part of streaming) {
    const key = `${part.generationId}:${part.part}`
    const first = told !== part.generationId
    told = part.generationId
    if (part.generationId === generation?.id) writing = true
    const label = generation?.id === part.generationId ? generation.label : null
    rows.push({
      type: 'narration',
      key,
      text: part.text,
      label,
      first,
      entry: null,
      status: 'streaming',
      retryable: false,
    })
  }
  if (generation && (!writing || generation.tool !== null)) {
    rows.push({ type: 'thinking', key: `thinking:${generation.id}`, generation })
  }
  for (const item of pending) {
    if (item.name === 'retry' || item.name === 'cancel') continue
    rows.push({ type: 'pending', key: item.id, item })
  }
  return rows
}
