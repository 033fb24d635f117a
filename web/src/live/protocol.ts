/** The frames of the socket, as RELIABILITY §1 and the contract describe them. */
import type { EntryOut, GameState, Problem, SessionOut } from '@/api/types'

export type ClientFrame =
  | { type: 'subscribe'; stream: string; last_seq?: number; epoch?: string }
  | { type: 'unsubscribe'; stream: string }
  | { type: 'ping' }
  | { type: 'typing'; stream: string; about?: string }
  | { type: 'command'; id: string; stream: string; name: string; args: object }

export interface SessionSnapshot {
  session: SessionOut
  entries: EntryOut[]
  game: GameState | null
}

export interface GenerationData {
  generation_id: string
  status: 'started' | 'delta' | 'tool' | 'ended'
  part?: number
  offset?: number
  text?: string
  label?: string
}

export type ServerFrame =
  | { type: 'hello'; epoch: string; heartbeat_ms: number }
  | { type: 'snapshot'; stream: string; seq: number; state: unknown }
  | { type: 'entry'; stream: string; seq: number; entry: unknown }
  | { type: 'resumed'; stream: string; seq: number }
  | { type: 'reset'; stream: string; reason: string }
  | { type: 'ephemeral'; stream: string; kind: string; data: unknown }
  | { type: 'ack'; id: string; seq?: number }
  | { type: 'nack'; id: string; error: Problem }
  | { type: 'error'; stream?: string; error: Problem }
  | { type: 'pong' }

export interface SessionCommands {
  say: { text: string; character_id?: string }
  roll: { notation: string; purpose?: string }
  use: { character_id: string; item: string }
  move: { location_id: string }
  retry: { generation_id: string; with_oracle?: boolean }
  cancel: { generation_id: string }
}

/** The server asks to come back at once and resume. */
export const CLOSE_RESUME = 4000
/** The ticket or the device is no longer good. */
export const CLOSE_UNAUTHORIZED = 4401
