/** History, trash, audit log and backlinks as the server has them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, data } from '@/api/client'
import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type HistoryOut = Schemas['HistoryOut']
export type FieldDiff = Schemas['FieldDiff']
export type TrashOut = Schemas['TrashOut']
export type TrashType = Schemas['TrashType']
export type AuditOut = Schemas['AuditOut']
export type Against = 'previous' | 'current'

const rest = {
  initialPageParam: '',
  getNextPageParam: (last: { next_cursor?: string | null }) => last.next_cursor ?? undefined,
}
const page = (cursor: string) => ({ limit: 30, ...(cursor ? { cursor } : {}) })

export const historyQuery = (campaign_id: string, entity_id: string) =>
  infiniteQueryOptions({
    queryKey: ['campaign', campaign_id, 'history', entity_id],
    queryFn: ({ pageParam }) => {
      const params = { path: { entity_id }, query: page(pageParam) }
      return data(api.GET('/api/v1/entities/{entity_id}/history', { params }))
    },
    ...rest,
  })

export const versionQuery = (campaign_id: string, entity_id: string, version: number, against: Against) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'history', entity_id, version, against],
    queryFn: () => {
      const params = { path: { entity_id, version }, query: { against } }
      return data(api.GET('/api/v1/entities/{entity_id}/history/{version}', { params }))
    },
  })

export const trashQuery = (campaign_id: string, type: TrashType | undefined) =>
  infiniteQueryOptions({
    queryKey: ['campaign', campaign_id, 'trash', type],
    queryFn: ({ pageParam }) => {
      const params = { path: { campaign_id }, query: { ...page(pageParam), ...(type ? { type } : {}) } }
      return data(api.GET('/api/v1/campaigns/{campaign_id}/trash', { params }))
    },
    ...rest,
  })

export interface AuditFilter {
  user_id?: string
  action?: string
  from?: string
  to?: string
}

export const auditQuery = (campaign_id: string, filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['campaign', campaign_id, 'audit', filter],
    queryFn: ({ pageParam }) => {
      const params = { path: { campaign_id }, query: { ...page(pageParam), ...filter } }
      return data(api.GET('/api/v1/campaigns/{campaign_id}/audit', { params }))
    },
    ...rest,
  })

export const backlinksQuery = (campaign_id: string, entity_id: string) =>
  infiniteQueryOptions({
    queryKey: ['campaign', campaign_id, 'backlinks', entity_id],
    queryFn: ({ pageParam }) => {
      const params = { path: { entity_id }, query: { ...page(pageParam), limit: 10 } }
      return data(api.GET('/api/v1/entities/{entity_id}/backlinks', { params }))
    },
    ...rest,
  })
