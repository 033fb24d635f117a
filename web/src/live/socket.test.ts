import { describe, expect, test } from 'vitest'
import type { Problem } from '@/api/types'
import { bench, entry, FakeStorage, settle } from './testkit'

const S = 'session:s'
const frame = (seq: number) => ({ type: 'entry' as const, stream: S, seq, entry: entry(seq, seq - 1) })
const snapshot = (seq: number) => ({ type: 'snapshot' as const, stream: S, seq, state: { at: seq } })
const refused = { error_code: 'conflict', detail: 'no', status: 409, title: '', type: '', errors: [] } as Problem

function recorder() {
  const seen: string[] = []
  return {
    seen,
    onSnapshot: (_: unknown, seq: number) => void seen.push(`snapshot ${seq}`),
    onEntry: (_: unknown, seq: number) => void seen.push(`entry ${seq}`),
    onReset: (reason: string) => void seen.push(`reset ${reason}`),
    onResumed: (seq: number) => void seen.push(`resumed ${seq}`),
  }
}

async function connected(storage?: FakeStorage) {
  const b = bench(storage)
  const log = recorder()
  b.client.follow(S, log)
  b.client.start()
  await settle()
  b.socket().hello()
  b.socket().receive(snapshot(5))
  return { ...b, log }
}

describe('following a stream', () => {
  test('a first subscription names no number and gets a snapshot', async () => {
    const { socket, log } = await connected()
    expect(socket().of('subscribe')).toEqual([{ type: 'subscribe', stream: S }])
    expect(log.seen).toEqual(['snapshot 5'])
  })

  test('entries arrive in order and a duplicate is dropped', async () => {
    const { socket, log } = await connected()
    socket().receive(frame(6), frame(6), frame(5), frame(7))
    expect(log.seen).toEqual(['snapshot 5', 'entry 6', 'entry 7'])
  })

  test('a hole is not applied: the client asks once from the last number it has', async () => {
    const { socket, log } = await connected()
    socket().receive(frame(6), frame(8), frame(9))
    expect(log.seen).toEqual(['snapshot 5', 'entry 6'])
    expect(socket().of('subscribe').slice(1)).toEqual([{ type: 'subscribe', stream: S, last_seq: 6, epoch: 'e1' }])
    socket().receive(frame(7), frame(8), frame(9), { type: 'resumed', stream: S, seq: 9 }, frame(10))
    expect(log.seen.slice(2)).toEqual(['entry 7', 'entry 8', 'entry 9', 'resumed 9', 'entry 10'])
  })

  test('a reset throws the numbers away and the snapshot after it counts', async () => {
    const { socket, log } = await connected()
    socket().receive({ type: 'reset', stream: S, reason: 'epoch' }, frame(6), snapshot(2), frame(3))
    expect(log.seen).toEqual(['snapshot 5', 'reset epoch', 'snapshot 2', 'entry 3'])
  })

  test('leaving a stream tells the server', async () => {
    const b = bench()
    const leave = b.client.follow(S, recorder())
    b.client.start()
    await settle()
    b.socket().hello()
    leave()
    expect(b.socket().of('unsubscribe')).toEqual([{ type: 'unsubscribe', stream: S }])
  })
})

describe('coming back', () => {
  test('after a lost connection the client resumes from its last number with its epoch', async () => {
    const { socket, sockets, clock, log, client } = await connected()
    socket().receive(frame(6))
    socket().lose()
    expect(client.getStatus().state).toBe('reconnecting')
    await clock.pass(1_000)
    expect(sockets).toHaveLength(2)
    socket().hello('e1')
    expect(socket().of('subscribe')).toEqual([{ type: 'subscribe', stream: S, last_seq: 6, epoch: 'e1' }])
    socket().receive(frame(7), { type: 'resumed', stream: S, seq: 7 })
    expect(log.seen).toEqual(['snapshot 5', 'entry 6', 'entry 7', 'resumed 7'])
    expect(client.getStatus().state).toBe('connected')
  })

  test('waits grow from attempt to attempt and are bounded', async () => {
    const { socket, clock, client, net } = await connected()
    net.refuse = true
    socket().lose()
    const waits: number[] = []
    for (let i = 0; i < 9; i++) {
      const status = client.getStatus()
      if (status.state !== 'reconnecting') throw new Error(status.state)
      waits.push(status.retryAt - clock.now())
      await clock.pass(waits[waits.length - 1] as number)
    }
    expect(waits).toEqual([375, 750, 1500, 3000, 6000, 12000, 15000, 15000, 15000])
  })

  test('the code "resume" brings it back at once', async () => {
    const { socket, sockets } = await connected()
    socket().lose(4000)
    await settle()
    expect(sockets).toHaveLength(2)
  })

  test('a server that only ever says "resume" is not hammered', async () => {
    const { socket, sockets } = await connected()
    socket().lose(4000)
    await settle()
    socket().lose(4000)
    await settle()
    expect(sockets).toHaveLength(2)
  })

  test('the code "unauthorized" renews the credentials first', async () => {
    const { socket, net } = await connected()
    socket().lose(4401)
    await settle()
    expect(net.tickets).toEqual([false, true])
  })

  test('when nobody is signed in any more it stops', async () => {
    const { socket, net, client, sockets } = await connected()
    net.signedOut = true
    socket().lose(4401)
    await settle()
    expect(client.getStatus().state).toBe('idle')
    expect(sockets).toHaveLength(1)
  })

  test('offline it waits for the network and then comes back without delay', async () => {
    const { socket, sockets, client, net, clock } = await connected()
    net.online = false
    socket().lose()
    expect(client.getStatus().state).toBe('offline')
    await clock.pass(5_000)
    expect(sockets).toHaveLength(1)
    net.online = true
    client.nudge()
    await settle()
    expect(sockets).toHaveLength(2)
  })

  test('a silent connection is pinged, then taken for dead', async () => {
    const { socket, sockets, clock, client } = await connected()
    await clock.pass(30_000)
    expect(socket().of('ping')).toHaveLength(1)
    socket().receive({ type: 'pong' })
    await clock.pass(45_000)
    expect(socket().of('ping')).toHaveLength(2)
    expect(sockets).toHaveLength(1)
    await clock.pass(15_000)
    expect(client.getStatus().state).not.toBe('connected')
    await clock.pass(1_000)
    expect(sockets).toHaveLength(2)
  })

  test('a connection that never says hello is given up', async () => {
    const b = bench()
    b.client.start()
    await settle()
    await b.clock.pass(11_000)
    expect(b.sockets.length).toBeGreaterThan(1)
  })
})

describe('commands', () => {
  test('a command is re-sent with its id after every reconnect until it is answered', async () => {
    const { client, socket, clock, outbox } = await connected()
    const id = client.command(S, 'say', { text: 'hello' })
    expect(socket().of('command')).toHaveLength(1)
    socket().lose()
    await clock.pass(1_000)
    socket().hello()
    expect(
      socket()
        .of('command')
        .map((c) => c.id),
    ).toEqual([id])
    socket().receive({ type: 'ack', id })
    expect(outbox.all()).toEqual([])
    socket().lose()
    await clock.pass(1_000)
    socket().hello()
    expect(socket().of('command')).toEqual([])
  })

  test('what is said while offline is kept in order and sent later', async () => {
    const { client, socket, clock } = await connected()
    socket().lose()
    client.command(S, 'say', { text: 'one' })
    client.command(S, 'say', { text: 'two' })
    await clock.pass(1_000)
    socket().hello()
    expect(
      socket()
        .of('command')
        .map((c) => (c.args as { text: string }).text),
    ).toEqual(['one', 'two'])
  })

  test('an unanswered command survives a reload of the page', async () => {
    const storage = new FakeStorage()
    const first = await connected(storage)
    const id = first.client.command(S, 'say', { text: 'kept' })
    const second = await connected(storage)
    expect(second.socket().of('command')).toEqual([
      { type: 'command', id, stream: S, name: 'say', args: { text: 'kept' } },
    ])
  })

  test('an acknowledged message stays visible until its entry is there', async () => {
    const { client, socket, outbox } = await connected()
    const id = client.command(S, 'say', { text: 'hello' })
    socket().receive({ type: 'ack', id, seq: 6 })
    expect(outbox.all()).toHaveLength(1)
    socket().receive(frame(6))
    expect(outbox.all()).toEqual([])
  })

  test('an entry that came before its ack leaves no ghost', async () => {
    const { client, socket, outbox } = await connected()
    const id = client.command(S, 'say', { text: 'hello' })
    socket().receive(frame(6), { type: 'ack', id, seq: 6 })
    expect(outbox.all()).toEqual([])
  })

  test('a refused command keeps its words and its reason, and is not sent again by itself', async () => {
    const { client, socket, clock, outbox } = await connected()
    const id = client.command(S, 'say', { text: 'hello' })
    socket().receive({ type: 'nack', id, error: refused })
    expect(outbox.all()[0]).toMatchObject({
      state: 'refused',
      args: { text: 'hello' },
      error: { error_code: 'conflict' },
    })
    socket().lose()
    await clock.pass(1_000)
    socket().hello()
    expect(socket().of('command')).toEqual([])
  })
})
