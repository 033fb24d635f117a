/** One call to a model: what exactly was sent, and what came back. */
import { Alert, Badge, Code, Drawer, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { CallDetailOut } from '@/api/types'
import { Failed, Loading } from '@/ui/states'
import { exact } from '@/ui/time'
import classes from './Calls.module.css'
import { callQuery } from './queries'
import './strings'

export default function CallDrawer({ id, close }: { id: string | null; close: () => void }) {
  const { t } = useTranslation('ai')
  return (
    <Drawer opened={id !== null} onClose={close} position="right" size="xl" title={t('calls.drawer')}>
      {id && <Inspector id={id} />}
    </Drawer>
  )
}

const good = new Set(['ok', 'complete', 'completed', 'success'])

export function Outcome({ outcome }: { outcome: string }) {
  return (
    <Badge variant="light" color={good.has(outcome) ? 'moss' : 'blood'}>
      {outcome}
    </Badge>
  )
}

interface Message {
  role: string
  content?: unknown
}

function messagesOf(call: CallDetailOut): Message[] {
  const { messages } = call.request
  if (!Array.isArray(messages)) return []
  return messages.filter((m): m is Message => typeof m === 'object' && m !== null && 'role' in m)
}

const shown = new Set(['request', 'receipt', 'reply', 'id'])

function Inspector({ id }: { id: string }) {
  const { t } = useTranslation('ai')
  const call = useQuery(callQuery(id))
  if (call.isPending) return <Loading />
  if (call.error) return <Failed error={call.error} retry={() => void call.refetch()} />
  const messages = messagesOf(call.data)
  const { messages: _, ...settings } = call.data.request
  const rest = Object.fromEntries(Object.entries(call.data).filter(([key]) => !shown.has(key)))
  return (
    <Stack>
      <Group gap="xs">
        <Outcome outcome={call.data.outcome} />
        <Text size="sm">
          {call.data.provider} · {call.data.model} · {exact(call.data.created_at)}
        </Text>
      </Group>
      <div>
        <Title order={3}>{t('calls.sent')}</Title>
        <Stack gap="sm" mt="xs">
          {messages.map((message, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a stored call never changes
            <div key={i} className={classes.message}>
              <Text size="xs" fw={700} c="dimmed">
                {message.role}
              </Text>
              <pre className={classes.text}>
                {typeof message.content === 'string' ? message.content : JSON.stringify(message.content, null, 2)}
              </pre>
            </div>
          ))}
          <Code block>{JSON.stringify(settings, null, 2)}</Code>
        </Stack>
      </div>
      {call.data.error_detail && (
        <Alert color="blood" title={call.data.error_code}>
          {call.data.error_detail}
        </Alert>
      )}
      <div>
        <Title order={3} mb="xs">
          {t('calls.reply')}
        </Title>
        <div className={classes.message}>
          <pre className={classes.text}>{call.data.reply}</pre>
        </div>
      </div>
      {call.data.receipt != null && (
        <div>
          <Title order={3}>{t('calls.receipt')}</Title>
          <Text size="sm" c="dimmed" mb="xs">
            {t('calls.receipt_text')}
          </Text>
          <Code block>{JSON.stringify(call.data.receipt, null, 2)}</Code>
        </div>
      )}
      <div>
        <Title order={3} mb="xs">
          {t('calls.more')}
        </Title>
        <Code block>{JSON.stringify(rest, null, 2)}</Code>
      </div>
    </Stack>
  )
}
