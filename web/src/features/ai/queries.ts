/** Reads of the AI settings. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, data } from '@/api/client'

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
