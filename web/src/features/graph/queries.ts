/** The graph as the server tells it: only what the viewer may know. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, data } from '@/api/client'
import type { components } from '@/api/schema'

export type Graph = components['schemas']['Graph']
export type GraphNode = components['schemas']['GraphNode']
export type GraphEdge = components['schemas']['GraphEdge']
export type Analytics = components['schemas']['Analytics']
export type RelationshipState = components['schemas']['RelationshipState']

export interface GraphFilter {
  center?: string
  depth?: number
  kind?: string
  as_of?: number
  limit?: number
}

export const graphQuery = (campaign_id: string, query: GraphFilter) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'graph', query],
    queryFn: () =>
      data(
        api.GET('/api/v1/campaigns/{campaign_id}/relationships/graph', { params: { path: { campaign_id }, query } }),
      ),
    // The picture does not vanish while another moment is read.
    placeholderData: keepPreviousData,
  })

export const pathQuery = (campaign_id: string, query: { from: string; to: string; as_of?: number }) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'path', query],
    queryFn: () =>
      data(api.GET('/api/v1/campaigns/{campaign_id}/relationships/path', { params: { path: { campaign_id }, query } })),
  })

export const analyticsQuery = (campaign_id: string, query: { as_of?: number }) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'analytics', query],
    queryFn: () =>
      data(
        api.GET('/api/v1/campaigns/{campaign_id}/relationships/analytics', {
          params: { path: { campaign_id }, query: { ...query, limit: 100 } },
        }),
      ),
  })

export const historyQuery = (campaign_id: string, relationship_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'relationships', 'history', relationship_id],
    queryFn: async () => {
      const params = { path: { relationship_id } }
      return (await data(api.GET('/api/v1/relationships/{relationship_id}/history', { params }))).items
    },
  })

/** A strength as people write it. */
export const signed = (strength: number): string => (strength > 0 ? `+${strength}` : String(strength).replace('-', '−'))
