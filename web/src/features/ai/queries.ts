/** Reads of the AI settings. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, data } from '@/api/client'
import type { UsageBy } from '@/api/types'

export const providersQuery = queryOptions({
  queryKey: ['ai', 'providers'],
  queryFn: () => data(api.GET('/api/v1/ai/providers')),
})

/** Who may answer, and who rests after failures. */
export const modelsQuery = queryOptions({
  queryKey: ['ai', 'models'],
  queryFn: () => data(api.GET('/api/v1/ai/models')),
  refetchInterval: 15_000,
})

export const routesQuery = queryOptions({
  queryKey: ['ai', 'routes'],
  queryFn: () => data(api.GET('/api/v1/ai/routes')),
})

export const callsQuery = infiniteQueryOptions({
  queryKey: ['ai', 'calls'],
  queryFn: ({ pageParam }) =>
    data(
      api.GET('/api/v1/ai/calls', { params: { query: { limit: 25, ...(pageParam ? { cursor: pageParam } : {}) } } }),
    ),
  initialPageParam: '',
  getNextPageParam: (last) => last.next_cursor ?? undefined,
})

export const callQuery = (call_id: string) =>
  queryOptions({
    queryKey: ['ai', 'call', call_id],
    queryFn: () => data(api.GET('/api/v1/ai/calls/{call_id}', { params: { path: { call_id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Whose money: one campaign's, or the site's. */
export const budgetsQuery = (campaign_id?: string) =>
  queryOptions({
    queryKey: ['ai', 'budgets', campaign_id ?? 'site'],
    queryFn: () => data(api.GET('/api/v1/ai/budgets', { params: { query: campaign_id ? { campaign_id } : {} } })),
    refetchInterval: 30_000,
  })

export const usageQuery = (by: UsageBy, days: number, campaign_id?: string) =>
  queryOptions({
    queryKey: ['ai', 'usage', campaign_id ?? 'site', by, days],
    queryFn: () => {
      const from = new Date(Date.now() - (days - 1) * 86_400_000).toISOString().slice(0, 10)
      return data(
        api.GET('/api/v1/ai/usage', { params: { query: { by, from, ...(campaign_id ? { campaign_id } : {}) } } }),
      )
    },
  })

export const outboundQuery = (campaign_id?: string) =>
  infiniteQueryOptions({
    queryKey: ['ai', 'outbound', campaign_id ?? 'site'],
    queryFn: ({ pageParam }) => {
      const query = {
        limit: 25,
        ...(campaign_id ? { campaign_id } : {}),
        ...(pageParam ? { cursor: pageParam } : {}),
      }
      return data(api.GET('/api/v1/ai/outbound', { params: { query } }))
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })
