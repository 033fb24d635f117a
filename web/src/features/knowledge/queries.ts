/** Facts as of a moment, through somebody's eyes. */
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { api, data } from '@/api/client'
import type { components } from '@/api/schema'

export type FactKind = components['schemas']['FactKind']

export const factKinds: FactKind[] = [
  'attribute',
  'relation',
  'location',
  'possession',
  'knowledge',
  'status',
  'rule',
  'quantity',
]

export interface KnowledgeFilter {
  viewer?: string
  as_of?: number
  kind?: FactKind
  q?: string
}

export const knowledgeQuery = (campaign_id: string, filter: KnowledgeFilter) =>
  infiniteQueryOptions({
    queryKey: ['campaign', campaign_id, 'facts', 'knowledge', filter],
    queryFn: ({ pageParam }) => {
      const query = { ...filter, order: 'subject' as const, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) }
      return data(api.GET('/api/v1/campaigns/{campaign_id}/facts', { params: { path: { campaign_id }, query } }))
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    // The list does not vanish while the slider moves.
    placeholderData: keepPreviousData,
  })
