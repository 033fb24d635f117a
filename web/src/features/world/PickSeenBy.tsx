/** The characters and factions who see something. */
import type { Knower } from '@/api/types'
import { PickKnowers } from '@/features/canon/names'

const general: Knower[] = [{ type: 'everyone' }, { type: 'gm' }, { type: 'reader' }]

export function PickSeenBy(props: {
  campaignId: string
  label: string
  value: string[]
  onChange: (ids: string[]) => void
}) {
  const { campaignId, label, value, onChange } = props
  return (
    <PickKnowers
      campaignId={campaignId}
      label={label}
      value={value.map((id) => ({ type: 'character', id }))}
      onChange={(knowers) => onChange([...new Set(knowers.flatMap((knower) => ('id' in knower ? [knower.id] : [])))])}
      not={general}
    />
  )
}
