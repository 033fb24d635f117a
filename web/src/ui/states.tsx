/** What a screen shows when it has nothing to show, or may not, or cannot. */
import { Alert, Anchor, Button, Center, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { IconCloudOff, IconCompass, IconLock, IconMoodConfuzed } from '@tabler/icons-react'
import { Link, useRouter } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { messageOf, statusOf } from '@/api/problem'

export function Empty(props: { icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      {props.icon && <Text c="dimmed">{props.icon}</Text>}
      <Text fw={600} className="skald-serif" fz="lg">
        {props.title}
      </Text>
      {props.children && (
        <Text c="dimmed" maw={460}>
          {props.children}
        </Text>
      )}
      {props.action}
    </Stack>
  )
}

export function Loading({ height = 240 }: { height?: number | string }) {
  const { t } = useTranslation()
  return (
    <Center h={height} role="status" aria-label={t('app.loading')}>
      <Loader type="dots" />
    </Center>
  )
}

function Full(props: { icon: ReactNode; title: string; text: string; children?: ReactNode }) {
  return (
    <Center mih="60vh" p="md">
      <Stack align="center" ta="center" gap="sm" maw={480}>
        <Text c="dimmed">{props.icon}</Text>
        <Title order={1}>{props.title}</Title>
        <Text c="dimmed">{props.text}</Text>
        <Group mt="xs">{props.children}</Group>
      </Stack>
    </Center>
  )
}

function HomeLink() {
  const { t } = useTranslation()
  return (
    <Anchor component={Link} to="/campaigns">
      {t('states.go_home')}
    </Anchor>
  )
}

export function NotFound() {
  const { t } = useTranslation()
  return (
    <Full
      icon={<IconCompass size={44} stroke={1.3} />}
      title={t('states.not_found_title')}
      text={t('states.not_found_text')}
    >
      <HomeLink />
    </Full>
  )
}

export function Forbidden() {
  const { t } = useTranslation()
  return (
    <Full
      icon={<IconLock size={44} stroke={1.3} />}
      title={t('states.forbidden_title')}
      text={t('states.forbidden_text')}
    >
      <HomeLink />
    </Full>
  )
}

/** Tries again by itself, so that nobody has to watch it. */
export function Unreachable({ retry }: { retry: () => void }) {
  const { t } = useTranslation()
  useEffect(() => {
    const timer = window.setInterval(retry, 4_000)
    window.addEventListener('online', retry)
    return () => {
      window.clearInterval(timer)
      window.removeEventListener('online', retry)
    }
  }, [retry])
  return (
    <Full
      icon={<IconCloudOff size={44} stroke={1.3} />}
      title={t('states.unreachable_title')}
      text={t('states.unreachable_text')}
    >
      <Button variant="light" onClick={retry}>
        {t('actions.retry')}
      </Button>
    </Full>
  )
}

/** The error of a whole page: picks the state that fits. */
export function PageError({ error, reset }: { error: unknown; reset?: () => void }) {
  const { t } = useTranslation()
  const router = useRouter()
  const retry = () => {
    reset?.()
    void router.invalidate()
  }
  const status = statusOf(error)
  if (status === 404) return <NotFound />
  if (status === 403) return <Forbidden />
  if (status === 0) return <Unreachable retry={retry} />
  return (
    <Full
      icon={<IconMoodConfuzed size={44} stroke={1.3} />}
      title={t('states.crash_title')}
      text={status === null ? t('states.crash_text') : messageOf(error)}
    >
      <Button variant="light" onClick={retry}>
        {t('actions.retry')}
      </Button>
      <Button variant="subtle" onClick={() => window.location.reload()}>
        {t('states.reload')}
      </Button>
    </Full>
  )
}

/** The error of a part of a page, with a way to try again. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation()
  return (
    <Alert color="blood" variant="light" title={t('states.error_title')} role="alert">
      <Group justify="space-between">
        <Text size="sm">{messageOf(error)}</Text>
        {retry && (
          <Button size="xs" variant="light" color="blood" onClick={retry}>
            {t('actions.retry')}
          </Button>
        )}
      </Group>
    </Alert>
  )
}
