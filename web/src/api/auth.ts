/**
 * Who is signed in. The access token lives in memory only; the refresh token is an HttpOnly cookie we never see.
 *
 * One refresh runs at a time: within this tab by a shared promise, between tabs by a Web Lock, because the refresh token
 * rotates on use and two tabs that use the same one at once would look like theft.
 */
import { ApiError, toProblem, unreachable } from './problem'
import type { TokenOut, UserOut } from './types'

export type AuthState =
  | { status: 'unknown' }
  | { status: 'signed_out' }
  | { status: 'unreachable' }
  | { status: 'signed_in'; user: UserOut }

let state: AuthState = { status: 'unknown' }
let token: string | null = null
let expiresAt = 0
let refreshing: Promise<string | null> | null = null
const listeners = new Set<() => void>()
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('skald-auth')

function publish(next: AuthState): void {
  state = next
  for (const listener of listeners) listener()
}

channel?.addEventListener('message', (event: MessageEvent<string>) => {
  if (event.data === 'signed_out' && state.status === 'signed_in') {
    token = null
    publish({ status: 'signed_out' })
  }
  if (event.data === 'signed_in' && state.status === 'signed_out') void refresh()
})

export const auth = {
  get: (): AuthState => state,
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  /** Takes the answer of login, register, set-up or refresh. */
  accept(out: TokenOut, announce = true): void {
    token = out.access_token
    expiresAt = Date.now() + out.expires_in * 1000
    publish({ status: 'signed_in', user: out.user })
    if (announce) channel?.postMessage('signed_in')
  },
  update(user: UserOut): void {
    if (state.status === 'signed_in') publish({ status: 'signed_in', user })
  },
  signedOut(announce = true): void {
    token = null
    publish({ status: 'signed_out' })
    if (announce) channel?.postMessage('signed_out')
  },
  /** A token that is good for a moment more, refreshed where needed; null when nobody is signed in. */
  async token(): Promise<string | null> {
    if (token && Date.now() < expiresAt - 10_000) return token
    if (state.status === 'signed_out') return null
    return refresh()
  },
  refresh,
}

async function withLock<R>(work: () => Promise<R>): Promise<R> {
  if (typeof navigator !== 'undefined' && navigator.locks) {
    return navigator.locks.request('skald-refresh', work) as Promise<R>
  }
  return work()
}

/** Asks for a new access token by the cookie. Throws only when the server cannot be reached. */
export function refresh(): Promise<string | null> {
  refreshing ??= withLock(async () => {
    let response: Response
    try {
      response = await fetch('/api/v1/auth/refresh', {
        method: 'POST',
        headers: { 'X-Skald': '1' },
        credentials: 'same-origin',
      })
    } catch {
      if (state.status === 'unknown') publish({ status: 'unreachable' })
      throw unreachable()
    }
    if (response.status === 204) {
      auth.signedOut(false)
      return null
    }
    if (response.ok) {
      const out = (await response.json()) as TokenOut
      auth.accept(out, false)
      return out.access_token
    }
    const problem = toProblem(await response.json().catch(() => null), response.status)
    if (response.status >= 500 || response.status === 429) {
      if (state.status === 'unknown') publish({ status: 'unreachable' })
      throw new ApiError(problem)
    }
    auth.signedOut(false)
    return null
  }).finally(() => {
    refreshing = null
  })
  return refreshing
}

/** Called once when the app starts. */
export async function startAuth(): Promise<void> {
  if (state.status === 'unreachable') publish({ status: 'unknown' })
  await refresh().catch(() => null)
}
