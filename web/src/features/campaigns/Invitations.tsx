/** Invitation links: make one, copy it, withdraw it. GM only. */
import {
  ActionIcon,
  Button,
  CopyButton,
  Group,
  Modal,
  NativeSelect,
  NumberInput,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconCheck, IconCopy, IconLinkPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import { invitationsQuery } from '@/api/queries'
import type { InvitationOut, Role } from '@/api/types'
import { Panel } from '@/ui/Panel'
import { Failed } from '@/ui/states'
import { When } from '@/ui/time'
import { roles } from './Members'
import { useCampaign } from './useCampaign'

const linkOf = (code: string) => `${window.location.origin}/invite/${code}`

export function Invitations() {
  const { t } = useTranslation('campaigns')
  const { campaignId } = useCampaign()
  const invitations = useQuery(invitationsQuery(campaignId))
  const [opened, { open, close }] = useDisclosure(false)
  return (
    <Panel
      title={t('home.invitations')}
      action={
        <Button size="xs" variant="light" leftSection={<IconLinkPlus size={15} />} onClick={open}>
          {t('home.invite')}
        </Button>
      }
    >
      {invitations.error && <Failed error={invitations.error} retry={() => void invitations.refetch()} />}
      <Stack component="ul" gap="md" p={0} m={0}>
        {invitations.data?.items.map((invitation) => (
          <Row key={invitation.id} invitation={invitation} />
        ))}
      </Stack>
      <Modal opened={opened} onClose={close} title={t('home.invite_title')}>
        {opened && <Create close={close} />}
      </Modal>
    </Panel>
  )
}

function Row({ invitation }: { invitation: InvitationOut }) {
  const { t } = useTranslation('campaigns')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const queries = useQueryClient()
  const revoke = useMutation({
    mutationFn: () =>
      data(api.DELETE('/api/v1/invitations/{invitation_id}', { params: { path: { invitation_id: invitation.id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: invitationsQuery(campaignId).queryKey }),
  })
  const state = t('home.link_state', {
    role: common(`roles.${invitation.role}`),
    uses: invitation.uses,
    max: invitation.max_uses ?? t('home.unlimited'),
  })
  return (
    <li style={{ listStyle: 'none' }}>
      <Group gap={4} wrap="nowrap">
        <TextInput
          flex={1}
          size="xs"
          styles={{ input: { fontFamily: 'monospace' } }}
          readOnly
          value={linkOf(invitation.code)}
          aria-label={t('home.invite_link')}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyButton value={linkOf(invitation.code)}>
          {({ copied, copy }) => (
            <ActionIcon
              variant="light"
              size="md"
              onClick={copy}
              aria-label={copied ? common('actions.copied') : common('actions.copy')}
            >
              {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            </ActionIcon>
          )}
        </CopyButton>
        <ActionIcon
          variant="subtle"
          color="blood"
          size="md"
          loading={revoke.isPending}
          onClick={() => revoke.mutate()}
          aria-label={t('home.revoke')}
        >
          <IconTrash size={16} />
        </ActionIcon>
      </Group>
      <Text size="xs" c="dimmed" mt={2}>
        {state}
        {invitation.expires_at && (
          <>
            {' · '}
            {t('home.expires')} <When at={invitation.expires_at} size="xs" />
          </>
        )}
      </Text>
    </li>
  )
}

function Create({ close }: { close: () => void }) {
  const { t } = useTranslation('campaigns')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const [role, setRole] = useState<Role>('player')
  const [uses, setUses] = useState<number | string>(1)
  const [hours, setHours] = useState('168')
  const queries = useQueryClient()
  const create = useMutation({
    mutationFn: () =>
      data(
        api.POST('/api/v1/campaigns/{campaign_id}/invitations', {
          params: { path: { campaign_id: campaignId } },
          body: {
            role,
            ...(typeof uses === 'number' ? { max_uses: uses } : {}),
            ...(hours === '0' ? {} : { expires_in_hours: Number(hours) }),
          },
        }),
      ),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: invitationsQuery(campaignId).queryKey })
      close()
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate()
      }}
    >
      <Stack>
        <NativeSelect
          label={t('home.invite_role')}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value as Role)}
          data={roles.map((value) => ({ value, label: common(`roles.${value}`) }))}
          data-autofocus
        />
        <NumberInput
          label={t('home.invite_uses')}
          value={uses}
          onChange={setUses}
          min={1}
          max={100}
          placeholder={t('home.unlimited')}
        />
        <NativeSelect
          label={t('home.invite_hours')}
          value={hours}
          onChange={(event) => setHours(event.currentTarget.value)}
          data={(['24', '168', '720', '0'] as const).map((value) => ({ value, label: t(`home.hours.${value}`) }))}
        />
        {create.error && <Failed error={create.error} />}
        <Button type="submit" loading={create.isPending}>
          {t('home.invite_create')}
        </Button>
      </Stack>
    </form>
  )
}
