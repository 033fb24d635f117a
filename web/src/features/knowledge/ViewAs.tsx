/** Seeing the campaign as somebody else: the button that begins it, and the banner that says so and ends it. */
import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { setViewAs, useViewAs } from '@/api/viewAs'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { useEyes } from './useEyes'
import classes from './ViewAs.module.css'
import { useViewers } from './viewers'
import './strings'

export function ViewAsButton() {
  const { t } = useTranslation('knowledge')
  const { isGm } = useCampaign()
  const [opened, { open, close }] = useDisclosure(false)
  if (!isGm) return null
  return (
    <>
      <Button variant="default" leftSection={<IconEye size={16} />} onClick={open}>
        {t('view_as')}
      </Button>
      <Modal opened={opened} onClose={close} title={t('view_as')}>
        {opened && <Pick />}
      </Modal>
    </>
  )
}

function Pick() {
  const { t } = useTranslation('knowledge')
  const { campaignId } = useCampaign()
  const { groups, names } = useViewers()
  const see = useEyes(campaignId)
  return (
    <Stack>
      <Select
        label={t('view_as')}
        description={t('view_as_hint')}
        data={groups}
        value={null}
        onChange={(viewer: string | null) =>
          viewer && void see({ campaignId, viewer, name: names.get(viewer) ?? viewer })
        }
        searchable
        data-autofocus
      />
    </Stack>
  )
}

/** Stands above every page of a campaign while it is seen through other eyes. */
export function ViewAsBanner() {
  const { t } = useTranslation('knowledge')
  const { campaignId } = useCampaign()
  const eyes = useViewAs()
  const see = useEyes(campaignId)
  // Somebody else's eyes end with the campaign they were borrowed in.
  useEffect(() => {
    if (eyes && eyes.campaignId !== campaignId) setViewAs(null)
  }, [eyes, campaignId])
  useEffect(() => () => setViewAs(null), [])
  if (eyes?.campaignId !== campaignId) return null
  return (
    <Group className={classes.banner} role="status" justify="space-between" gap="xs">
      <Group gap="xs" wrap="nowrap">
        <IconEye size={18} aria-hidden />
        <Text size="sm" fw={600}>
          {t('viewing_as', { who: eyes.name })}
        </Text>
      </Group>
      <Button size="compact-sm" variant="white" leftSection={<IconEyeOff size={15} />} onClick={() => void see(null)}>
        {t('viewing_leave')}
      </Button>
    </Group>
  )
}
