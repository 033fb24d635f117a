/** Past and running sessions, and a new game. */
import { Badge, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconSwords } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import { sessionsQuery } from '@/api/queries'
import type { SessionOut } from '@/api/types'
import { Panel } from '@/ui/Panel'
import { Empty, Failed, Loading } from '@/ui/states'
import { When } from '@/ui/time'
import classes from './Sessions.module.css'
import { useCampaign } from './useCampaign'

export function Sessions() {
  const { t } = useTranslation('campaigns')
  const { campaignId, mayPlay } = useCampaign()
  const sessions = useQuery(sessionsQuery(campaignId))
  const [opened, { open, close }] = useDisclosure(false)
  const button = mayPlay && (
    <Button size="sm" leftSection={<IconSwords size={16} />} onClick={open}>
      {t('home.start')}
    </Button>
  )
  return (
    <Panel title={t('home.sessions')} action={sessions.data && sessions.data.items.length > 0 && button}>
      {sessions.isPending && <Loading height={120} />}
      {sessions.error && <Failed error={sessions.error} retry={() => void sessions.refetch()} />}
      {sessions.data?.items.length === 0 && (
        <Empty title={t('home.sessions_empty_title')} action={button}>
          {t('home.sessions_empty_text')}
        </Empty>
      )}
      <ul className={classes.list}>
        {sessions.data?.items.map((session) => (
          <Row key={session.id} session={session} />
        ))}
      </ul>
      <NewGame opened={opened} close={close} />
    </Panel>
  )
}

function Row({ session }: { session: SessionOut }) {
  const { t } = useTranslation('campaigns')
  const names = session.participants.map((p) => p.character_name ?? p.display_name).join(', ')
  const running = session.status === 'running'
  return (
    <li className={classes.row}>
      <div className={classes.about}>
        <Group gap="xs">
          <Text fw={600} className="skald-serif" fz="lg">
            {session.title || t('home.untitled')}
          </Text>
          <Badge size="sm" variant={running ? 'filled' : 'light'} color={running ? 'fjord' : 'gray'}>
            {t(`home.status.${session.status}`)}
          </Badge>
        </Group>
        <Text size="sm" c="dimmed" component="div">
          {t(`home.session_kinds.${session.kind}`)}
          {names && ` ${t('home.with', { names })}`}
          {session.started_at && (
            <>
              {' · '}
              <When at={session.started_at} />
            </>
          )}
        </Text>
      </div>
      <Button
        component={Link}
        to="/campaigns/$campaignId/sessions/$sessionId"
        params={{ campaignId: session.campaign_id, sessionId: session.id } as never}
        variant={running ? 'filled' : 'default'}
        size="sm"
        style={{ flexShrink: 0 }}
      >
        {session.status === 'ended' ? t('home.look_back') : t('home.continue')}
      </Button>
    </li>
  )
}

function NewGame({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation('campaigns')
  const { campaignId } = useCampaign()
  const [title, setTitle] = useState('')
  const queries = useQueryClient()
  const navigate = useNavigate()
  const create = useMutation({
    mutationFn: async () => {
      const body = { kind: 'game' as const, ...(title.trim() ? { title: title.trim() } : {}) }
      const session = await data(
        api.POST('/api/v1/campaigns/{campaign_id}/sessions', { params: { path: { campaign_id: campaignId } }, body }),
      )
      if (session.status !== 'planned') return session
      return data(api.POST('/api/v1/sessions/{session_id}/start', { params: { path: { session_id: session.id } } }))
    },
    onSuccess: async (session) => {
      void queries.invalidateQueries({ queryKey: sessionsQuery(campaignId).queryKey })
      await navigate({
        to: '/campaigns/$campaignId/sessions/$sessionId',
        params: { campaignId, sessionId: session.id },
      })
    },
  })
  return (
    <Modal opened={opened} onClose={close} title={t('home.new_game')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate()
        }}
      >
        <Stack>
          <TextInput
            label={t('home.new_game_title')}
            description={t('home.new_game_hint')}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
            data-autofocus
          />
          {create.error && <Failed error={create.error} />}
          <Button type="submit" loading={create.isPending}>
            {t('home.new_game_go')}
          </Button>
        </Stack>
      </form>
    </Modal>
  )
}
