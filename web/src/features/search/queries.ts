/** What the server finds. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, data } from '@/api/client'
import type { EntityKind } from '@/api/types'

export const suggestQuery = (campaign_id: string, q: string, context: string | undefined) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'suggest', q, context],
    queryFn: ({ signal }) => {
      const query = { q, limit: 8, spoken: false, ...(context ? { context } : {}) }
      const path = { campaign_id }
      return data(api.GET('/api/v1/campaigns/{campaign_id}/search/suggest', { params: { path, query }, signal }))
    },
    placeholderData: keepPreviousData,
  })

export interface Wanted {
  q: string
  kind?: EntityKind
  tag?: string
}

export const searchQuery = (campaign_id: string, wanted: Wanted, limit: number) =>
  infiniteQueryOptions({
    queryKey: ['campaign', campaign_id, 'search', wanted, limit],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...wanted, limit, ...(pageParam ? { cursor: pageParam } : {}) }
      const path = { campaign_id }
      return data(api.GET('/api/v1/campaigns/{campaign_id}/search', { params: { path, query }, signal }))
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })
