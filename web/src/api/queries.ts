/** Reads that several features share, and the cache they live in. */
import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query'
import { api, data } from './client'
import { ApiError } from './problem'
import type { EntityKind } from './types'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => count < 2 && (!(error instanceof ApiError) || error.retryable),
      refetchOnWindowFocus: true,
    },
  },
})

interface PageOf<T> {
  items: T[]
  next_cursor?: string | null
  total?: number | null
}

/** Reads a list to its end: lists that people expect to see whole must not stop silently at a page. */
async function whole<T>(read: (page: { limit: number; cursor?: string }) => Promise<PageOf<T>>) {
  const items: T[] = []
  let cursor: string | null | undefined
  do {
    const page: PageOf<T> = await read({ limit: 200, ...(cursor ? { cursor } : {}) })
    items.push(...page.items)
    cursor = page.next_cursor
  } while (cursor)
  return { items }
}

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: () => data(api.GET('/api/v1/setup')),
  staleTime: 60_000,
})

export const campaignsQuery = queryOptions({
  queryKey: ['campaigns'],
  queryFn: () => whole((query) => data(api.GET('/api/v1/campaigns', { params: { query } }))),
})

export const campaignQuery = (campaign_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'self'],
    queryFn: () => data(api.GET('/api/v1/campaigns/{campaign_id}', { params: { path: { campaign_id } } })),
  })

export const membersQuery = (campaign_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'members'],
    queryFn: () => data(api.GET('/api/v1/campaigns/{campaign_id}/members', { params: { path: { campaign_id } } })),
  })

export const invitationsQuery = (campaign_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'invitations'],
    queryFn: () =>
      whole((query) =>
        data(api.GET('/api/v1/campaigns/{campaign_id}/invitations', { params: { path: { campaign_id }, query } })),
      ),
  })

export const sessionsQuery = (campaign_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'sessions'],
    queryFn: () =>
      whole((query) =>
        data(api.GET('/api/v1/campaigns/{campaign_id}/sessions', { params: { path: { campaign_id }, query } })),
      ),
  })

export const sessionQuery = (session_id: string) =>
  queryOptions({
    queryKey: ['session', session_id],
    queryFn: () => data(api.GET('/api/v1/sessions/{session_id}', { params: { path: { session_id } } })),
  })

export const readyMadeQuery = (campaign_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'ready-made'],
    queryFn: () => data(api.GET('/api/v1/campaigns/{campaign_id}/ready-made', { params: { path: { campaign_id } } })),
  })

/** How many entities of a kind the viewer may know of. */
export const countQuery = (campaign_id: string, kind: EntityKind) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'count', kind],
    queryFn: async () => {
      const params = { path: { campaign_id }, query: { kind, limit: 1 } }
      const page = await data(api.GET('/api/v1/campaigns/{campaign_id}/entities', { params }))
      return page.total ?? page.items.length
    },
  })

export interface EntityFilter {
  kind?: EntityKind
  q?: string
  tag?: string
  parent_id?: string
}

export const entitiesQuery = (campaign_id: string, filter: EntityFilter) =>
  infiniteQueryOptions({
    queryKey: ['campaign', campaign_id, 'entities', filter],
    queryFn: ({ pageParam }) => {
      const query = { ...filter, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) }
      return data(api.GET('/api/v1/campaigns/{campaign_id}/entities', { params: { path: { campaign_id }, query } }))
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })

/** The first names that fit, for pickers. */
export const pickQuery = (campaign_id: string, filter: EntityFilter) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'pick', filter],
    queryFn: () =>
      data(
        api.GET('/api/v1/campaigns/{campaign_id}/entities', {
          params: { path: { campaign_id }, query: { ...filter, limit: 30 } },
        }),
      ),
  })

export const entityQuery = (campaign_id: string, entity_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'entity', entity_id],
    queryFn: () => data(api.GET('/api/v1/entities/{entity_id}', { params: { path: { entity_id } } })),
  })

export const factsQuery = (campaign_id: string, subject_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'facts', subject_id],
    queryFn: () =>
      whole((page) => {
        const params = { path: { campaign_id }, query: { subject_id, ...page } }
        return data(api.GET('/api/v1/campaigns/{campaign_id}/facts', { params }))
      }),
  })

export const relationshipsQuery = (campaign_id: string, entity_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'relationships', entity_id],
    queryFn: () => data(api.GET('/api/v1/entities/{entity_id}/relationships', { params: { path: { entity_id } } })),
  })

export const rootsQuery = (campaign_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'locations', 'roots'],
    queryFn: () =>
      whole((query) =>
        data(api.GET('/api/v1/campaigns/{campaign_id}/locations', { params: { path: { campaign_id }, query } })),
      ),
  })

export const childrenQuery = (campaign_id: string, location_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'locations', location_id],
    queryFn: () =>
      whole((query) =>
        data(api.GET('/api/v1/locations/{location_id}/children', { params: { path: { location_id }, query } })),
      ),
  })
