/** Says who else edits an entity at the moment; an open form tells the others. */
import { Alert } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useEffect, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { editors, SAY_MS } from '@/live/editors'
import { live } from '@/live/live'
import { useUser } from '@/ui/auth'
import './strings'

/** Time passes without a word, too. */
function subscribe(listener: () => void): () => void {
  const timer = window.setInterval(listener, 5_000)
  const off = editors.subscribe(listener)
  return () => {
    window.clearInterval(timer)
    off()
  }
}

export function EditedBy({ entityId, editing = false }: { entityId: string; editing?: boolean }) {
  const { t } = useTranslation('pages')
  const { campaignId } = useCampaign()
  const me = useUser()
  const names = useSyncExternalStore(subscribe, () => editors.of(entityId, me.id))
  useEffect(() => {
    if (!editing) return
    const say = () => live.typing(`campaign:${campaignId}:gm`, entityId)
    say()
    const timer = window.setInterval(say, SAY_MS)
    return () => window.clearInterval(timer)
  }, [editing, campaignId, entityId])
  if (!names) return null
  return (
    <Alert color="brass" mb="md" role="status" icon={<IconPencil size={18} />} py="xs">
      {t('edited_by', { names })}
    </Alert>
  )
}
