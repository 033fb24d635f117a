/** The campaign of the present page, and what the viewer may do in it. */
import { useSuspenseQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { campaignQuery } from '@/api/queries'

export function useCampaign() {
  const { campaignId } = useParams({ from: '/app/campaigns/$campaignId' })
  const { data } = useSuspenseQuery(campaignQuery(campaignId))
  return { campaign: data, campaignId, isGm: data.role === 'gm', mayPlay: data.role !== 'observer' }
}
