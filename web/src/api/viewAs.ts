/**
 * Through whose eyes a game master reads a campaign. While it is set, every read of that campaign carries `?viewer=`, so
 * that all screens show exactly what the other sees, their role included; changes never carry it. It lives in memory: a
 * reload is back to one's own eyes.
 */
import { useSyncExternalStore } from 'react'

export interface ViewAs {
  campaignId: string
  /** As the API takes it: `member:<id>`, `character:<id>`, `faction:<id>`, `party`, `everyone`. */
  viewer: string
  name: string
}

let current: ViewAs | null = null
const listeners = new Set<() => void>()

/** Sets whose eyes; null for one's own. What was read before has to be forgotten: see `useEyes` of the knowledge feature. */
export function setViewAs(next: ViewAs | null): void {
  current = next
  for (const listener of listeners) listener()
}

export function useViewAs(): ViewAs | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
}

const OF_CANON = /^\/api\/v1\/(entities|facts|relationships|locations|maps|characters)\//

/** The request as it is sent: with the viewer, where it reads the campaign that is viewed as somebody else. */
export function through(request: Request): Request {
  if (!current || request.method !== 'GET') return request
  const url = new URL(request.url)
  const own = `/api/v1/campaigns/${current.campaignId}`
  const reads = url.pathname === own || url.pathname.startsWith(`${own}/`) || OF_CANON.test(url.pathname)
  if (!reads || url.searchParams.has('viewer')) return request
  url.searchParams.set('viewer', current.viewer)
  return new Request(url, request)
}
