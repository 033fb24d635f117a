/** How many suggestions wait, beside the word in the menu. */
import { Badge } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { openCountQuery } from './queries'
import './strings'

export function OpenCount({ campaignId }: { campaignId: string }) {
  const { t } = useTranslation('proposals')
  const { data } = useQuery(openCountQuery(campaignId))
  if (!data) return null
  return (
    <Badge size="sm" circle={data < 10} variant="filled" aria-label={t('waiting', { count: data })}>
      {data > 99 ? '99+' : data}
    </Badge>
  )
}
