/** Maps as the server tells them. */
import { queryOptions } from '@tanstack/react-query'
import { api, data } from '@/api/client'
import type { components } from '@/api/schema'

export type MapOut = components['schemas']['MapOut']
export type PinOut = components['schemas']['PinOut']
export type PinIn = components['schemas']['PinIn']

export const mapsQuery = (campaign_id: string, filter: { location_id?: string; entity_id?: string } = {}) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'maps', filter],
    queryFn: async () => {
      const params = { path: { campaign_id }, query: filter }
      return (await data(api.GET('/api/v1/campaigns/{campaign_id}/maps', { params }))).items
    },
  })

export const mapQuery = (campaign_id: string, map_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'map', map_id],
    queryFn: () => data(api.GET('/api/v1/maps/{map_id}', { params: { path: { map_id } } })),
  })

export const nameOf = (pin: PinOut): string => pin.label || pin.entity?.name || '…'
