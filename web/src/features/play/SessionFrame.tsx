/** The session's title and menu, and what stands in place of the composer for those who cannot write. */
import { ActionIcon, Button, Group, Menu, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDoorExit, IconDots, IconFlagOff } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import { sessionQuery, sessionsQuery } from '@/api/queries'
import type { SessionOut } from '@/api/types'
import { failed } from '@/ui/notify'
import classes from './SessionPage.module.css'

export function Foot({ session, pick }: { session: SessionOut; pick: (() => void) | null }) {
  const { t } = useTranslation('play')
  const queries = useQueryClient()
  const start = useMutation({
    mutationFn: () =>
      data(api.POST('/api/v1/sessions/{session_id}/start', { params: { path: { session_id: session.id } } })),
    onSuccess: (out) => queries.setQueryData(sessionQuery(session.id).queryKey, out),
    onError: failed,
  })
  return (
    <Group className={classes.foot} justify="center">
      <Text c="dimmed">
        {session.status === 'ended'
          ? t('page.ended')
          : session.status === 'planned'
            ? t('page.planned')
            : t('page.watching')}
      </Text>
      {session.status === 'planned' && (
        <Button size="sm" onClick={() => start.mutate()} loading={start.isPending}>
          {t('page.start')}
        </Button>
      )}
      {session.status !== 'ended' && pick && (
        <Button size="sm" variant="light" onClick={pick}>
          {t('page.pick')}
        </Button>
      )}
    </Group>
  )
}

export function SessionHead({ session, isGm, seated }: { session: SessionOut; isGm: boolean; seated: boolean }) {
  const { t } = useTranslation('play')
  const { t: common } = useTranslation()
  const queries = useQueryClient()
  const act = useMutation({
    mutationFn: (what: 'end' | 'leave') =>
      what === 'end'
        ? data(api.POST('/api/v1/sessions/{session_id}/end', { params: { path: { session_id: session.id } } }))
        : data(api.POST('/api/v1/sessions/{session_id}/leave', { params: { path: { session_id: session.id } } })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: sessionQuery(session.id).queryKey })
      void queries.invalidateQueries({ queryKey: sessionsQuery(session.campaign_id).queryKey })
    },
    onError: failed,
  })
  const running = session.status !== 'ended'
  const [ending, { open, close }] = useDisclosure(false)
  return (
    <div className={classes.head}>
      <h1 className={classes.title}>{session.title || t('page.menu')}</h1>
      {running && (isGm || seated) && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={t('page.menu')}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {seated && (
              <Menu.Item leftSection={<IconDoorExit size={16} />} onClick={() => act.mutate('leave')}>
                {t('page.leave')}
              </Menu.Item>
            )}
            <Menu.Item color="blood" leftSection={<IconFlagOff size={16} />} onClick={open}>
              {t('page.end')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <Modal opened={ending} onClose={close} title={t('page.end')}>
        <Stack>
          <Text size="sm">{t('page.end_text')}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              {common('actions.cancel')}
            </Button>
            <Button
              color="blood"
              onClick={() => {
                close()
                act.mutate('end')
              }}
            >
              {t('page.end')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </div>
  )
}
