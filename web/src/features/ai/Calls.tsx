/** The ledger: every call to a model. */
import { Button, ScrollArea, Table, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallOut } from '@/api/types'
import { Panel } from '@/ui/Panel'
import { Failed, Loading } from '@/ui/states'
import { exact, When } from '@/ui/time'
import CallDrawer, { Outcome } from './CallDrawer'
import classes from './Calls.module.css'
import { dollars } from './money'
import { callsQuery } from './queries'

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
                <Table.Th>{t('usage.cost')}</Table.Th>
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
      <CallDrawer id={open} close={() => setOpen(null)} />
    </Panel>
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
      <Table.Td>{call.cost_nano == null ? t('price.unknown') : dollars(call.cost_nano)}</Table.Td>
      <Table.Td>{t('calls.ms', { ms: call.total_ms })}</Table.Td>
      <Table.Td>
        <Outcome outcome={call.outcome} />
      </Table.Td>
    </Table.Tr>
  )
}
