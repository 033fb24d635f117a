import { describe, expect, test } from 'vitest'
import { bench, emptyGame, entry, FakeClock, sessionBench, settle, told } from './testkit'

const state = (entries: ReturnType<typeof entry>[], game = emptyGame) => ({ session: { id: 's' }, entries, game })
const delta = (offset: number, text: string, part = 0) => ({ generation_id: 'g', status: 'delta', part, offset, text })

describe('an answer being written', () => {
  test('the durable entry replaces the streamed text without a moment of both or none', () => {
    const { store } = sessionBench()
    store.onSnapshot(state([entry(1, null)]), 1)
    store.onEphemeral('generation', { generation_id: 'g', status: 'started', label: 'oracle (no model)' })
    store.onEphemeral('generation', delta(0, 'Rain falls.'))
    expect(store.get().streaming).toHaveLength(1)
    expect(store.get().generation?.label).toBe('oracle (no model)')
    store.onEntry(told(2, 1, 'g', 'Rain falls.'))
    expect(store.get().streaming).toEqual([])
    expect(store.get().entries.map((e) => e.text)).toEqual(['text 1', 'Rain falls.'])
  })

  test('two parts with a roll between them are kept apart', () => {
    const { store } = sessionBench()
    store.onSnapshot(state([entry(1, null)]), 1)
    store.onEphemeral('generation', delta(0, 'First.', 0))
    store.onEntry(told(2, 1, 'g', 'First.', 0))
    store.onEntry(entry(3, 2, { kind: 'roll' }))
    store.onEphemeral('generation', delta(0, 'Second.', 1))
    expect(store.get().streaming.map((p) => [p.part, p.text])).toEqual([[1, 'Second.']])
  })

  test('the end clears what has no entry and reads the state again', async () => {
    const { store, net, clock } = sessionBench()
    store.onSnapshot(state([entry(1, null)]), 1)
    store.onEphemeral('generation', delta(0, 'Rain'))
    store.onEphemeral('generation', { generation_id: 'g', status: 'ended' })
    expect(store.get().generation).toBeNull()
    expect(store.get().streaming).toEqual([])
    await clock.pass(150)
    expect(net.gameReads).toBe(1)
  })

  test('lost words make it ask again', () => {
    const { store, net } = sessionBench()
    store.onSnapshot(state([]), 0)
    store.onEphemeral('generation', delta(0, 'Rain '))
    store.onEphemeral('generation', delta(20, 'late'))
    expect(net.catchUps).toBe(1)
  })
})

describe('a connection lost in the middle of an answer', () => {
  const S = 'session:s'
  async function playing() {
    const clock = new FakeClock()
    const b = bench()
    const s = sessionBench(b.client, clock)
    b.client.follow(S, s.store)
    b.client.start()
    await settle()
    b.socket().hello()
    b.socket().receive({ type: 'snapshot', stream: S, seq: 1, state: state([entry(1, null)]) })
    b.socket().receive({ type: 'ephemeral', stream: S, kind: 'generation', data: delta(0, 'Rain ') })
    b.socket().lose()
    await b.clock.pass(1_000)
    b.socket().hello()
    return { ...b, ...s, sessionClock: clock }
  }

  test('the text so far is sent again and the words go on', async () => {
    const { socket, store } = await playing()
    socket().receive({ type: 'resumed', stream: S, seq: 1 })
    socket().receive({ type: 'ephemeral', stream: S, kind: 'generation', data: delta(0, 'Rain falls ') })
    socket().receive({ type: 'ephemeral', stream: S, kind: 'generation', data: delta(11, 'on.') })
    expect(store.get().streaming.map((p) => p.text)).toEqual(['Rain falls on.'])
  })

  test('an answer that ended meanwhile comes as its entry, and the writing stops', async () => {
    const { socket, store, sessionClock } = await playing()
    socket().receive({ type: 'entry', stream: S, seq: 2, entry: told(2, 1, 'g', 'Rain falls on.') })
    socket().receive({ type: 'resumed', stream: S, seq: 2 })
    await sessionClock.pass(150)
    expect(store.get().streaming).toEqual([])
    expect(store.get().generation).toBeNull()
    expect(store.get().entries.map((e) => e.text)).toEqual(['text 1', 'Rain falls on.'])
  })

  test('after a reset only the snapshot counts', async () => {
    const { socket, store } = await playing()
    socket().receive({ type: 'reset', stream: S, reason: 'epoch' })
    socket().receive({ type: 'snapshot', stream: S, seq: 1, state: state([entry(1, null, { text: 'anew' })]) })
    expect(store.get().entries.map((e) => e.text)).toEqual(['anew'])
    expect(store.get().streaming).toEqual([])
  })
})

describe('around the story', () => {
  test('many effects cause one read of the game state', async () => {
    const { store, net, clock } = sessionBench()
    store.onSnapshot(state([]), 0)
    for (let seq = 1; seq <= 5; seq++) store.onEntry(entry(seq, seq === 1 ? null : seq - 1, { kind: 'effect' }))
    await clock.pass(200)
    expect(net.gameReads).toBe(1)
  })

  test('an old state does not end an answer that began while it was read', async () => {
    const { store, clock } = sessionBench()
    store.onSnapshot(state([]), 0)
    store.onEntry(entry(1, null, { kind: 'effect' }))
    await clock.pass(100)
    store.onEphemeral('generation', delta(0, 'Rain'))
    await settle()
    expect(store.get().streaming).toHaveLength(1)
  })

  test('typing fades, and ends at once when the message comes', async () => {
    const { store, clock } = sessionBench()
    store.onSnapshot(state([]), 0)
    store.onEphemeral('typing', { user_id: 'ada', display_name: 'Ada' })
    store.onEphemeral('typing', { user_id: 'bo', display_name: 'Bo' })
    store.onEntry(entry(1, null, { author: { type: 'member', user_id: 'ada', name: 'Ada' } }))
    expect(store.get().typing.map((p) => p.user_id)).toEqual(['bo'])
    await clock.pass(6_000)
    expect(store.get().typing).toEqual([])
  })

  test('older entries page in upwards and paging ends at the beginning', async () => {
    const { store, net } = sessionBench()
    net.older = Array.from({ length: 70 }, (_, i) => entry(i + 1, i === 0 ? null : i))
    store.onSnapshot(state([entry(71, 70), entry(72, 71)]), 72)
    expect(store.get().hasOlder).toBe(true)
    await store.loadOlder()
    expect(store.get().entries).toHaveLength(52)
    await store.loadOlder()
    expect(store.get().entries).toHaveLength(72)
    expect(store.get().hasOlder).toBe(false)
  })
})
