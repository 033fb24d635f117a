/** A fake clock, a fake socket and a tiny server log for the tests of the live layer. */
import type { EntryOut, GameState } from '@/api/types'
import { type KeyValue, Outbox } from './outbox'
import type { ClientFrame, ServerFrame } from './protocol'
import { SessionStore } from './session'
import { LiveClient, type SocketLike } from './socket'

export class FakeClock {
  time = 1_000_000
  private next = 1
  private timers = new Map<number, { at: number; work: () => void }>()
  now = () => this.time
  setTimeout = (work: () => void, ms: number) => {
    this.timers.set(this.next, { at: this.time + ms, work })
    return this.next++
  }
  clearTimeout = (timer: unknown) => void this.timers.delete(timer as number)
  /** Lets time pass, with what falls due in order and promises settled in between. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms
    await settle()
    for (;;) {
      const due = [...this.timers].filter(([, t]) => t.at <= end).sort(([, a], [, b]) => a.at - b.at)[0]
      if (!due) break
      this.timers.delete(due[0])
      this.time = due[1].at
      due[1].work()
      await settle()
    }
    this.time = end
  }
}

export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

export class FakeSocket implements SocketLike {
  readyState = 1
  sent: ClientFrame[] = []
  onopen: SocketLike['onopen'] = null
  onmessage: SocketLike['onmessage'] = null
  onclose: SocketLike['onclose'] = null
  onerror: SocketLike['onerror'] = null
  constructor(readonly ticket: string) {}
  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  close() {
    this.readyState = 3
  }
  receive(...frames: ServerFrame[]) {
    for (const frame of frames) this.onmessage?.({ data: JSON.stringify(frame) })
  }
  hello(epoch = 'e1') {
    this.receive({ type: 'hello', epoch, heartbeat_ms: 30_000 })
  }
  lose(code = 1006) {
    this.readyState = 3
    this.onclose?.({ code })
  }
  of<T extends ClientFrame['type']>(type: T) {
    return this.sent.filter((frame): frame is Extract<ClientFrame, { type: T }> => frame.type === type)
  }
}

export class FakeStorage implements KeyValue {
  private readonly values = new Map<string, string>()
  getItem = (key: string) => this.values.get(key) ?? null
  setItem = (key: string, value: string) => void this.values.set(key, value)
  removeItem = (key: string) => void this.values.delete(key)
}

export function bench(storage = new FakeStorage()) {
  const clock = new FakeClock()
  const sockets: FakeSocket[] = []
  const outbox = new Outbox(storage)
  outbox.open('me')
  const net = { online: true, tickets: [] as boolean[], refuse: false, signedOut: false }
  let ids = 0
  const client = new LiveClient(
    {
      ticket: async (renew) => {
        net.tickets.push(renew)
        if (net.refuse) throw new Error('unreachable')
        return net.signedOut ? null : `t${net.tickets.length}`
      },
      open: (ticket) => {
        const socket = new FakeSocket(ticket)
        sockets.push(socket)
        return socket
      },
      setTimeout: clock.setTimeout,
      clearTimeout: clock.clearTimeout,
      random: () => 0.5,
      now: clock.now,
      newId: () => `cmd-${++ids}`,
      online: () => net.online,
    },
    outbox,
  )
  const socket = () => {
    const last = sockets[sockets.length - 1]
    if (!last) throw new Error('no socket was opened')
    return last
  }
  return { clock, sockets, socket, client, outbox, net, storage }
}

export const emptyGame: GameState = {
  seq: 0,
  location: null,
  characters: [],
  quests: [],
  clues: [],
  generation: null,
}

export function sessionBench(client?: LiveClient, clock = new FakeClock()) {
  const net = { game: { ...emptyGame }, gameReads: 0, older: [] as EntryOut[], catchUps: 0 }
  const store = new SessionStore({
    fetchGame: async () => {
      net.gameReads++
      return net.game
    },
    fetchOlder: async (before) => net.older.filter((entry) => entry.seq < before).slice(-50),
    catchUp: () => {
      net.catchUps++
      client?.catchUp('session:s')
    },
    schedule: (work) => work(),
    setTimeout: clock.setTimeout,
    clearTimeout: clock.clearTimeout,
    now: clock.now,
  })
  return { store, net, clock }
}

export function entry(seq: number, parent: number | null, more: Partial<EntryOut> = {}): EntryOut {
  return {
    id: `e${seq}`,
    session_id: 's',
    seq,
    parent_id: parent === null ? null : `e${parent}`,
    kind: 'message',
    author: { type: 'member', user_id: 'me', name: 'Me' },
    text: `text ${seq}`,
    data: {},
    generation_id: null,
    created_at: '2026-01-01T00:00:00Z',
    ...more,
  }
}

export function told(seq: number, parent: number, generation: string, text = 'told', part = 0): EntryOut {
  return entry(seq, parent, {
    kind: 'narration',
    text,
    generation_id: generation,
    author: { type: 'master', name: 'GM' },
    data: { status: 'complete', part, final: true },
  })
}
