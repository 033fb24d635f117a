/** Marks what is not for everyone's eyes. Says nothing where everyone may see it. */
import { Badge } from '@mantine/core'
import { IconEyeOff, IconUsers } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Visibility } from '@/api/types'
import './strings'

export function VisibilityBadge({ visibility }: { visibility: Visibility }) {
  const { t } = useTranslation('canon')
  if (visibility === 'everyone') return null
  return (
    <Badge
      size="sm"
      variant="light"
      color="plum"
      leftSection={visibility === 'gm' ? <IconEyeOff size={12} /> : <IconUsers size={12} />}
    >
      {t(`visibility.${visibility}`)}
    </Badge>
  )
}
