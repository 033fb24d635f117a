/** A text with the passages that not everybody may read set apart, each with who may. */
import { Badge, Group } from '@mantine/core'
import { IconEyeOff, IconUsers } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useCampaign } from '@/features/campaigns/useCampaign'
import Markdown from '@/ui/Markdown'
import classes from './Prose.module.css'
import { passages } from './passages'
import './strings'

export default function Prose({ children }: { children: string }) {
  const { t } = useTranslation('knowledge')
  const { isGm } = useCampaign()
  return passages(children).map(({ names, text }, n) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: a passage is its place in the text
    if (names === null) return <Markdown key={n}>{text}</Markdown>
    const words = !isGm
      ? t('secret_own')
      : names.length === 0
        ? t('secret_gm')
        : t('secret_some', { names: names.join(', ') })
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: a passage is its place in the text
      <aside key={n} className={classes.secret}>
        <Group mb={4}>
          <Badge
            size="sm"
            variant="light"
            color="plum"
            tt="none"
            leftSection={isGm && names.length === 0 ? <IconEyeOff size={12} /> : <IconUsers size={12} />}
          >
            {words}
          </Badge>
        </Group>
        <Markdown>{text}</Markdown>
      </aside>
    )
  })
}
