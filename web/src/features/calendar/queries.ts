/** The calendar of a campaign. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, data } from '@/api/client'
import type { components } from '@/api/schema'
import { useCampaign } from '@/features/campaigns/useCampaign'
import type { Calendar } from './text'

export type CalendarOut = components['schemas']['CalendarOut']

export const calendarQuery = (campaign_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'calendar'],
    queryFn: () => data(api.GET('/api/v1/campaigns/{campaign_id}/calendar', { params: { path: { campaign_id } } })),
    staleTime: 60_000,
  })

/** The calendar of the campaign on the page; undefined until it has been read. */
export function useCalendar(): { calendar: Calendar | undefined; present: number | null } {
  const { campaignId } = useCampaign()
  const { data: found } = useQuery(calendarQuery(campaignId))
  return { calendar: found?.definition, present: found?.present ?? null }
}
