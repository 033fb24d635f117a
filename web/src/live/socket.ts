/**
 * The one socket of the app: connects with a ticket, follows streams without holes, carries commands.
 *
 * Invariants: a stream's handler sees entries in seq order, each once. A hole makes the client ask again from the last
 * number it has. A command is re-sent after every reconnect until it is answered. What the client does not keep: the
 * entries themselves (the handlers do).
 */
import type { Problem } from '@/api/types'
import type { Outbox } from './outbox'
import { CLOSE_RESUME, CLOSE_UNAUTHORIZED, type ClientFrame, type ServerFrame } from './protocol'

export interface SocketLike {
  readyState: number
  send(text: string): void
  close(code?: number): void
  onopen: ((event: unknown) => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
  onerror: ((event: unknown) => void) | null
}

export interface LiveDeps {
  /** A fresh ticket; null when nobody is signed in any more. `renew` asks for new credentials first. */
  ticket(renew: boolean): Promise<string | null>
  open(ticket: string): SocketLike
  setTimeout(work: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
  random(): number
  now(): number
  newId(): string
  online(): boolean
}

export interface StreamHandler {
  onSnapshot(state: unknown, seq: number): void
  onEntry(entry: unknown, seq: number): void
  onReset?(reason: string): void
  onResumed?(seq: number): void
  onEphemeral?(kind: string, data: unknown): void
  onError?(error: Problem): void
}

export type LiveStatus =
  | { state: 'idle' }
  | { state: 'connecting' }
  | { state: 'connected' }
  | { state: 'reconnecting'; attempt: number; retryAt: number }
  | { state: 'offline' }

interface Stream {
  handlers: Set<StreamHandler>
  lastSeq: number | null
  epoch: string | null
  /** A subscribe was sent whose answer has not come. */
  asking: boolean
}

const BASE_MS = 500
const CAP_MS = 20_000
const CONNECT_TIMEOUT_MS = 10_000

export class LiveClient {
  private status: LiveStatus = { state: 'idle' }
  private readonly statusListeners = new Set<() => void>()
  private readonly streams = new Map<string, Stream>()
  private socket: SocketLike | null = null
  private ready = false
  private running = false
  private epoch: string | null = null
  private attempt = 0
  private turn = 0
  private heartbeatMs = 30_000
  private lastHeard = 0
  private retryTimer: unknown = null
  private beatTimer: unknown = null

  constructor(
    private readonly deps: LiveDeps,
    readonly outbox: Outbox,
  ) {}

  getStatus = (): LiveStatus => this.status
  subscribeStatus = (listener: () => void): (() => void) => {
    this.statusListeners.add(listener)
    return () => this.statusListeners.delete(listener)
  }

  start(): void {
    if (this.running) return
    this.running = true
    void this.connect(false)
  }

  /** Ends the connection on purpose (sign-out). */
  stop(): void {
    this.running = false
    this.turn += 1
    this.drop(1000)
    this.deps.clearTimeout(this.retryTimer)
    for (const stream of this.streams.values()) this.forget(stream)
    this.setStatus({ state: 'idle' })
  }

  /** The network came back or the tab became visible: do not wait for the timer. */
  nudge(): void {
    if (!this.running) return
    if (this.status.state === 'reconnecting' || this.status.state === 'offline') {
      this.attempt = 0
      void this.connect(false)
    } else if (this.ready && this.deps.now() - this.lastHeard > 5_000) {
      this.send({ type: 'ping' })
      this.armBeat(5_000)
    }
  }

  /** Follows a stream; `lastSeq` and `epoch` name what the caller already has. */
  follow(name: string, handler: StreamHandler): () => void {
    let stream = this.streams.get(name)
    if (!stream) {
      stream = { handlers: new Set(), lastSeq: null, epoch: null, asking: false }
      this.streams.set(name, stream)
    }
    stream.handlers.add(handler)
    if (this.ready && stream.handlers.size === 1) this.ask(name, stream)
    else if (this.ready) this.again(name)
    return () => {
      stream.handlers.delete(handler)
      if (stream.handlers.size > 0 || this.streams.get(name) !== stream) return
      this.streams.delete(name)
      if (this.ready) this.send({ type: 'unsubscribe', stream: name })
    }
  }

  /** Asks for a fresh snapshot of a stream. */
  again(name: string): void {
    const stream = this.streams.get(name)
    if (!stream) return
    this.forget(stream)
    if (this.ready) this.ask(name, stream)
  }

  /** Asks for what was missed since the last number, and the text of a running generation so far. */
  catchUp(name: string): void {
    const stream = this.streams.get(name)
    if (stream && this.ready && !stream.asking) this.ask(name, stream)
  }

  command(stream: string, name: string, args: object): string {
    const id = this.deps.newId()
    this.outbox.add({ id, stream, name, args, at: this.deps.now() })
    if (this.ready) this.send({ type: 'command', id, stream, name, args })
    return id
  }

  /** Says that the user writes; `about` is the id of what they write on. */
  typing(stream: string, about?: string): void {
    if (this.ready) this.send({ type: 'typing', stream, ...(about ? { about } : {}) })
  }

  private setStatus(status: LiveStatus): void {
    this.status = status
    for (const listener of this.statusListeners) listener()
  }

  private forget(stream: Stream): void {
    stream.lastSeq = null
    stream.epoch = null
    stream.asking = false
  }

  private ask(name: string, stream: Stream): void {
    stream.asking = true
    const known = stream.lastSeq !== null && stream.epoch !== null
    this.send({
      type: 'subscribe',
      stream: name,
      ...(known ? { last_seq: stream.lastSeq as number, epoch: stream.epoch as string } : {}),
    })
  }

  private send(frame: ClientFrame): void {
    if (this.socket && this.socket.readyState === 1) this.socket.send(JSON.stringify(frame))
  }

  private drop(code: number): void {
    const socket = this.socket
    this.socket = null
    this.ready = false
    this.deps.clearTimeout(this.beatTimer)
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null
    try {
      socket.close(code)
    } catch {
      // Already gone.
    }
  }

  private async connect(renew: boolean): Promise<void> {
    this.turn += 1
    const turn = this.turn
    this.drop(1000)
    this.deps.clearTimeout(this.retryTimer)
    if (this.attempt === 0 && this.status.state === 'idle') this.setStatus({ state: 'connecting' })
    let ticket: string | null
    try {
      ticket = await this.deps.ticket(renew)
    } catch {
      if (turn === this.turn && this.running) this.retryLater()
      return
    }
    if (turn !== this.turn || !this.running) return
    if (ticket === null) {
      this.stop()
      return
    }
    const socket = this.deps.open(ticket)
    this.socket = socket
    socket.onmessage = (event) => {
      if (typeof event.data !== 'string') return
      this.lastHeard = this.deps.now()
      this.receive(JSON.parse(event.data) as ServerFrame)
    }
    socket.onclose = (event) => {
      if (this.socket !== socket) return
      this.drop(1000)
      if (!this.running) return
      if (event.code === CLOSE_RESUME && this.attempt === 0) {
        this.attempt = 1
        this.setStatus({ state: 'reconnecting', attempt: 1, retryAt: this.deps.now() })
        void this.connect(false)
      } else if (event.code === CLOSE_UNAUTHORIZED && this.attempt === 0) {
        this.attempt = 1
        void this.connect(true)
      } else this.retryLater()
    }
    this.armBeat(CONNECT_TIMEOUT_MS)
  }

  private retryLater(): void {
    this.attempt += 1
    if (!this.deps.online()) {
      this.setStatus({ state: 'offline' })
      // The `online` event nudges; the slow timer is for browsers that are wrong about it.
      this.retryTimer = this.deps.setTimeout(() => void this.connect(false), CAP_MS)
      return
    }
    const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(this.attempt - 1, 10))
    const delay = ceiling / 2 + (ceiling / 2) * this.deps.random()
    this.setStatus({ state: 'reconnecting', attempt: this.attempt, retryAt: this.deps.now() + delay })
    this.retryTimer = this.deps.setTimeout(() => void this.connect(false), delay)
  }

  /** Pings after a quiet heartbeat; takes the connection for dead when nothing came for a while after that. */
  private armBeat(deadIn?: number): void {
    this.deps.clearTimeout(this.beatTimer)
    const since = this.deps.now()
    this.beatTimer = this.deps.setTimeout(() => {
      const heard = this.lastHeard >= since && this.ready
      if (deadIn !== undefined && !heard) {
        this.drop(1000)
        this.retryLater()
        return
      }
      if (deadIn !== undefined) {
        this.armBeat()
        return
      }
      this.send({ type: 'ping' })
      this.armBeat(Math.min(15_000, this.heartbeatMs))
    }, deadIn ?? this.heartbeatMs)
  }

  private receive(frame: ServerFrame): void {
    switch (frame.type) {
      case 'hello': {
        this.epoch = frame.epoch
        this.heartbeatMs = Math.max(1_000, frame.heartbeat_ms)
        this.ready = true
        this.attempt = 0
        for (const [name, stream] of this.streams) this.ask(name, stream)
        for (const { id, stream, name, args } of this.outbox.waiting()) {
          this.send({ type: 'command', id, stream, name, args })
        }
        this.armBeat()
        this.setStatus({ state: 'connected' })
        return
      }
      case 'ack': {
        const stream = this.outbox.streamOf(frame.id)
        this.outbox.acked(frame.id, frame.seq)
        // The entry may have come before its acknowledgement.
        const seen = stream === null ? null : (this.streams.get(stream)?.lastSeq ?? null)
        if (stream !== null && seen !== null) this.outbox.landed(stream, seen)
        return
      }
      case 'nack':
        this.outbox.refused(frame.id, frame.error)
        return
      case 'pong':
        return
      default:
        if (frame.stream) this.receiveFor(frame.stream, frame)
    }
  }

  private receiveFor(name: string, frame: ServerFrame): void {
    const stream = this.streams.get(name)
    if (!stream) return
    switch (frame.type) {
      case 'snapshot':
        stream.lastSeq = frame.seq
        stream.epoch = this.epoch
        stream.asking = false
        for (const handler of stream.handlers) handler.onSnapshot(frame.state, frame.seq)
        this.outbox.landed(name, frame.seq)
        return
      case 'entry': {
        if (stream.lastSeq === null || frame.seq <= stream.lastSeq) return
        if (frame.seq > stream.lastSeq + 1) {
          if (!stream.asking) this.ask(name, stream)
          return
        }
        stream.lastSeq = frame.seq
        for (const handler of stream.handlers) handler.onEntry(frame.entry, frame.seq)
        this.outbox.landed(name, frame.seq)
        return
      }
      case 'resumed':
        stream.asking = false
        stream.epoch = this.epoch
        if (stream.lastSeq !== null && frame.seq > stream.lastSeq) this.ask(name, stream)
        else for (const handler of stream.handlers) handler.onResumed?.(frame.seq)
        return
      case 'reset':
        this.forget(stream)
        stream.asking = true
        for (const handler of stream.handlers) handler.onReset?.(frame.reason)
        return
      case 'ephemeral':
        for (const handler of stream.handlers) handler.onEphemeral?.(frame.kind, frame.data)
        return
      case 'error':
        stream.asking = false
        for (const handler of stream.handlers) handler.onError?.(frame.error)
        return
    }
  }
}
