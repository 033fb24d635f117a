/** Whose eyes can be chosen. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { membersQuery, pickQuery } from '@/api/queries'
import { useCampaign } from '@/features/campaigns/useCampaign'
import './strings'

/** Groups of viewers, as the API takes them, with their names. Only game masters have a choice. */
export function useViewers() {
  const { t } = useTranslation('knowledge')
  const { campaignId, isGm } = useCampaign()
  const members = useQuery({ ...membersQuery(campaignId), enabled: isGm })
  const characters = useQuery({ ...pickQuery(campaignId, { kind: 'character' }), enabled: isGm })
  const factions = useQuery({ ...pickQuery(campaignId, { kind: 'faction' }), enabled: isGm })
  const named = (kind: string, list: { id: string; name: string }[] | undefined) =>
    (list ?? []).map(({ id, name }) => ({ value: `${kind}:${id}`, label: name }))
  const groups = [
    {
      group: t('group_general'),
      items: [
        { value: 'everyone', label: t('eyes_everyone') },
        { value: 'party', label: t('eyes_party') },
      ],
    },
    {
      group: t('group_members'),
      items: (members.data?.items ?? []).map((member) => ({
        value: `member:${member.user_id}`,
        label: member.display_name,
      })),
    },
    { group: t('group_characters'), items: named('character', characters.data?.items) },
    { group: t('group_factions'), items: named('faction', factions.data?.items) },
  ]
  const names = new Map(groups.flatMap(({ items }) => items.map((item) => [item.value, item.label] as const)))
  return { groups: groups.filter(({ items }) => items.length > 0), names }
}
