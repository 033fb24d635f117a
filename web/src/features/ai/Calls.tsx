/** The ledger: every call to a model, and what exactly was sent. */
import { Alert, Badge, Button, Code, Drawer, Group, ScrollArea, Stack, Table, Text, Title } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallDetailOut, CallOut } from '@/api/types'
import { Panel } from '@/ui/Panel'
import { Failed, Loading } from '@/ui/states'
import { exact, When } from '@/ui/time'
import classes from './Calls.module.css'
import { callQuery, callsQuery } from './queries'

export function Calls() {
  const { t } = useTranslation('ai')
  const { t: common } = useTranslation()
  const calls = useInfiniteQuery(callsQuery)
  const [open, setOpen] = useState<string | null>(null)
  const items = calls.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Panel title={t('calls.title')}>
      {calls.isPending && <Loading height={100} />}
      {calls.error && <Failed error={calls.error} retry={() => void calls.refetch()} />}
      {calls.data && items.length === 0 && <Text c="dimmed">{t('calls.empty')}</Text>}
      {items.length > 0 && (
        <ScrollArea>
          <Table highlightOnHover miw={640}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('calls.when')}</Table.Th>
                <Table.Th>{t('calls.task')}</Table.Th>
                <Table.Th>{t('calls.model')}</Table.Th>
                <Table.Th>{t('calls.tokens')}</Table.Th>
                <Table.Th>{t('calls.time')}</Table.Th>
                <Table.Th>{t('calls.outcome')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((call) => (
                <Row key={call.id} call={call} open={() => setOpen(call.id)} />
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
      {calls.hasNextPage && (
        <Button mt="sm" variant="default" onClick={() => void calls.fetchNextPage()} loading={calls.isFetchingNextPage}>
          {common('actions.more')}
        </Button>
      )}
      <Drawer opened={open !== null} onClose={() => setOpen(null)} position="right" size="xl" title={t('calls.drawer')}>
        {open && <Inspector id={open} />}
      </Drawer>
    </Panel>
  )
}

const good = new Set(['ok', 'complete', 'completed', 'success'])

function Outcome({ outcome }: { outcome: string }) {
  return (
    <Badge variant="light" color={good.has(outcome) ? 'moss' : 'blood'}>
      {outcome}
    </Badge>
  )
}

function Row({ call, open }: { call: CallOut; open: () => void }) {
  const { t } = useTranslation('ai')
  return (
    <Table.Tr onClick={open} style={{ cursor: 'pointer' }}>
      <Table.Td>
        <button
          type="button"
          className={classes.open}
          aria-label={t('calls.inspect', { when: exact(call.created_at) })}
        >
          <When at={call.created_at} c="var(--mantine-color-anchor)" />
        </button>
      </Table.Td>
      <Table.Td>{call.task}</Table.Td>
      <Table.Td>{call.label || call.model}</Table.Td>
      <Table.Td>{`${call.estimated ? '≈ ' : ''}${call.input_tokens} → ${call.output_tokens}`}</Table.Td>
      <Table.Td>{t('calls.ms', { ms: call.total_ms })}</Table.Td>
      <Table.Td>
        <Outcome outcome={call.outcome} />
      </Table.Td>
    </Table.Tr>
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
