import { describe, expect, it } from 'vitest'
import type { EntryOut } from '@/api/types'
import type { OutboxItem } from '@/live/outbox'
import type { RunningGeneration } from '@/live/session'
import { entry, told } from '@/live/testkit'
import { type RowInput, toRows } from './rows'

const rowsOf = (entries: EntryOut[], more: Partial<RowInput> = {}) =>
  toRows({ entries, streaming: [], generation: null, pending: [], userId: 'me', ...more })
const running: RunningGeneration = { id: 'g', label: 'qwen3:8b', tool: null }
const item = (name: string): OutboxItem => ({ id: name, stream: 's', name, args: {}, at: 0, state: 'waiting' })
const effect = (seq: number) => entry(seq, seq - 1, { kind: 'effect', author: { type: 'engine', name: 'Rules' } })

describe('rows', () => {
  it('say a name once for messages that follow each other closely', () => {
    const rows = rowsOf([
      entry(1, null),
      entry(2, 1, { created_at: '2026-01-01T00:04:00Z' }),
      entry(3, 2, { created_at: '2026-01-01T00:20:00Z' }),
      entry(4, 3, { created_at: '2026-01-01T00:20:01Z', author: { type: 'member', user_id: 'other', name: 'Bo' } }),
    ])
    expect(rows).toMatchObject([
      { follows: false, mine: true },
      { follows: true, mine: true },
      { follows: false, mine: true },
      { follows: false, mine: false },
    ])
  })

  it('give the parts of one answer one heading, also around a roll', () => {
    const roll = entry(3, 2, { kind: 'roll', generation_id: 'g', author: { type: 'engine', name: 'Rules' } })
    const rows = rowsOf([entry(1, null), told(2, 1, 'g'), roll, told(4, 3, 'g', 'more', 1), told(5, 4, 'h')])
    expect(rows.filter((row) => row.type === 'narration').map((row) => row.first)).toEqual([true, false, true])
  })

  it('gather effects that happen together', () => {
    const rows = rowsOf([entry(1, null), effect(2), effect(3), told(4, 3, 'g'), effect(5)])
    expect(rows.map((row) => (row.type === 'effects' ? row.entries.length : row.type))).toEqual([
      'message',
      2,
      'narration',
      1,
    ])
  })

  it('offer the newest answer alone for a retry, and none once somebody has spoken or another is running', () => {
    const retryable = (entries: EntryOut[], more: Partial<RowInput> = {}) =>
      rowsOf(entries, more).flatMap((row) => (row.type === 'narration' && row.retryable ? [row.entry?.id] : []))
    const entries = [told(1, 0, 'a'), told(2, 1, 'b')]
    expect(retryable(entries)).toEqual(['e2'])
    expect(retryable([...entries, effect(3)])).toEqual(['e2'])
    expect(retryable([...entries, entry(3, 2)])).toEqual([])
    expect(retryable(entries, { generation: running })).toEqual([])
  })

  it('keep the key of a part when its entry replaces the stream', () => {
    const streaming = [{ generationId: 'g', part: 0, text: 'to', length: 2 }]
    const before = rowsOf([entry(1, null)], { streaming, generation: running })
    const after = rowsOf([entry(1, null), told(2, 1, 'g')], { generation: running })
    expect(before[1]).toMatchObject({ type: 'narration', status: 'streaming', label: 'qwen3:8b' })
    expect(after[1]?.key).toBe(before[1]?.key)
  })

  it('show thinking before the first word and while a tool is at work', () => {
    const streaming = [{ generationId: 'g', part: 0, text: 'to', length: 2 }]
    const types = (more: Partial<RowInput>) => rowsOf([], more).map((row) => row.type)
    expect(types({ generation: running })).toEqual(['thinking'])
    expect(types({ generation: running, streaming })).toEqual(['narration'])
    expect(types({ generation: { ...running, tool: 'search' }, streaming })).toEqual(['narration', 'thinking'])
  })

  it('end with what is not sent yet, but for the buttons of an answer', () => {
    const rows = rowsOf([told(1, 0, 'g')], { pending: [item('retry'), item('say'), item('cancel')] })
    expect(rows.map((row) => row.key)).toEqual(['g:0', 'say'])
  })
})
