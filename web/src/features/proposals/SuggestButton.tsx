/** For players: the way from a page to a suggestion about it. */
import { Button } from '@mantine/core'
import { IconBulb } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useCampaign } from '@/features/campaigns/useCampaign'
import './strings'

export function SuggestButton({ entityId }: { entityId: string }) {
  const { t } = useTranslation('proposals')
  const { campaignId, isGm, mayPlay } = useCampaign()
  if (isGm || !mayPlay) return null
  return (
    <Button
      component={Link}
      to={`/campaigns/${campaignId}/proposals/new` as '/campaigns'}
      search={{ about: entityId } as never}
      variant="default"
      leftSection={<IconBulb size={16} aria-hidden />}
    >
      {t('suggest.button')}
    </Button>
  )
}
