/** The app's one live client, wired to the browser, and the hooks that read it. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { auth, refresh } from '@/api/auth'
import { api, data } from '@/api/client'
import { statusOf } from '@/api/problem'
import { editors } from './editors'
import { Outbox } from './outbox'
import type { SessionCommands } from './protocol'
import { SessionStore, type SessionView } from './session'
import { LiveClient, type LiveStatus, type SocketLike } from './socket'

function tabStorage(): Storage | null {
  try {
    return window.sessionStorage
  } catch {
    return null
  }
}

function newId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  // Plain http on another machine of the house has no randomUUID.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export const outbox = new Outbox(tabStorage())

export const live = new LiveClient(
  {
    async ticket(renew) {
      if (renew && (await refresh()) === null) return null
      try {
        return (await data(api.POST('/api/v1/live/ticket'))).ticket
      } catch (error) {
        if (statusOf(error) === 401) return null
        throw error
      }
    },
    open(ticket) {
      const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
      const url = `${scheme}://${location.host}/api/v1/live?ticket=${encodeURIComponent(ticket)}`
      return new WebSocket(url) as unknown as SocketLike
    },
    setTimeout: (work, ms) => window.setTimeout(work, ms),
    clearTimeout: (timer) => window.clearTimeout(timer as number),
    random: Math.random,
    now: Date.now,
    newId,
    online: () => navigator.onLine,
  },
  outbox,
)

let started: string | null = null

/** Connects while somebody is signed in. Called once by the app. */
export function wireLive(): void {
  const follow = () => {
    const state = auth.get()
    if (state.status === 'signed_in' && started !== state.user.id) {
      if (started) live.stop()
      started = state.user.id
      outbox.open(state.user.id)
      live.start()
    } else if (state.status === 'signed_out' && started) {
      started = null
      live.stop()
    }
  }
  auth.subscribe(follow)
  follow()
  window.addEventListener('online', () => live.nudge())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') live.nudge()
  })
}

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(live.subscribeStatus, live.getStatus)
}

export function useOutbox(stream: string) {
  const items = useSyncExternalStore(outbox.subscribe, outbox.all)
  return useMemo(() => items.filter((item) => item.stream === stream), [items, stream])
}

const stores = new Map<string, SessionStore>()

function storeOf(sessionId: string): SessionStore {
  const known = stores.get(sessionId)
  if (known) return known
  const path = { session_id: sessionId }
  const store = new SessionStore({
    fetchGame: () => data(api.GET('/api/v1/game/{session_id}/state', { params: { path } })),
    fetchOlder: async (before_seq) => {
      const query = { before_seq, limit: 50 }
      return (await data(api.GET('/api/v1/sessions/{session_id}/entries', { params: { path, query } }))).items
    },
    catchUp: () => live.catchUp(`session:${sessionId}`),
    schedule: (work) => {
      // A hidden tab gets no frames; the store must move on all the same.
      if (document.visibilityState === 'visible') requestAnimationFrame(work)
      else setTimeout(work, 50)
    },
    setTimeout: (work, ms) => window.setTimeout(work, ms),
    clearTimeout: (timer) => window.clearTimeout(timer as number),
    now: Date.now,
  })
  stores.set(sessionId, store)
  return store
}

export interface SessionHandle {
  view: SessionView
  command<N extends keyof SessionCommands>(name: N, args: SessionCommands[N]): string
  typing(): void
  loadOlder(): void
}

/** Follows a session while the component is shown. */
export function useSession(sessionId: string): SessionHandle {
  const store = storeOf(sessionId)
  const stream = `session:${sessionId}`
  useEffect(() => live.follow(stream, store), [stream, store])
  const view = useSyncExternalStore(store.subscribe, store.get)
  const actions = useMemo(
    () => ({
      command: <N extends keyof SessionCommands>(name: N, args: SessionCommands[N]) => live.command(stream, name, args),
      typing: () => live.typing(stream),
      loadOlder: () => void store.loadOlder().catch(() => undefined),
    }),
    [stream, store],
  )
  return { view, ...actions }
}

/** Keeps the campaign's cached pages fresh: whatever somebody changes is read again. */
export function useCampaignFeed(campaignId: string, gm: boolean): void {
  const queries = useQueryClient()
  const [invalidate] = useState(() => {
    let timer: number | undefined
    return (id: string) => {
      window.clearTimeout(timer)
      timer = window.setTimeout(() => void queries.invalidateQueries({ queryKey: ['campaign', id] }), 250)
    }
  })
  useEffect(() => {
    const streams = gm ? [`campaign:${campaignId}`, `campaign:${campaignId}:gm`] : [`campaign:${campaignId}`]
    let first = true
    const handler = {
      onSnapshot: () => {
        if (!first) invalidate(campaignId)
        first = false
      },
      onEntry: () => invalidate(campaignId),
      onEphemeral: (kind: string, data: unknown) => editors.hear(kind, data),
    }
    const leave = streams.map((stream) => live.follow(stream, handler))
    return () => {
      for (const off of leave) off()
    }
  }, [campaignId, gm, invalidate])
}
