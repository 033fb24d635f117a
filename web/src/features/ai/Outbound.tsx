/** What left the house: each request to an outside service. */
import { Button, ScrollArea, Table, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Panel } from '@/ui/Panel'
import { Failed, Loading } from '@/ui/states'
import { exact, When } from '@/ui/time'
import CallDrawer, { Outcome } from './CallDrawer'
import classes from './Calls.module.css'
import { bytes, dollars } from './money'
import { outboundQuery } from './queries'
import './strings'

export function Outbound({ campaignId }: { campaignId?: string }) {
  const { t } = useTranslation('ai')
  const { t: common } = useTranslation()
  const log = useInfiniteQuery(outboundQuery(campaignId))
  const [open, setOpen] = useState<string | null>(null)
  const items = log.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Panel title={t('outbound.title')}>
      <Text size="sm" c="dimmed" mb="sm" maw={680}>
        {t('outbound.text')}
      </Text>
      {log.isPending && <Loading height={100} />}
      {log.error && <Failed error={log.error} retry={() => void log.refetch()} />}
      {log.data && items.length === 0 && <Text>{t('outbound.empty')}</Text>}
      {items.length > 0 && (
        <ScrollArea>
          <Table miw={720}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('calls.when')}</Table.Th>
                <Table.Th>{t('outbound.to')}</Table.Th>
                <Table.Th>{t('calls.task')}</Table.Th>
                {!campaignId && <Table.Th>{t('usage.by.campaign')}</Table.Th>}
                <Table.Th>{t('outbound.who')}</Table.Th>
                <Table.Th>{t('outbound.size')}</Table.Th>
                <Table.Th>{t('usage.cost')}</Table.Th>
                <Table.Th>{t('calls.outcome')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((row) => (
                <Table.Tr key={row.id}>
                  <Table.Td>
                    <button
                      type="button"
                      className={classes.open}
                      aria-label={t('calls.inspect', { when: exact(row.at) })}
                      onClick={() => setOpen(row.call_id)}
                    >
                      <When at={row.at} c="var(--mantine-color-anchor)" />
                    </button>
                  </Table.Td>
                  <Table.Td>
                    {row.provider} · {row.model}
                    <Text size="xs" c="dimmed">
                      {row.host}
                    </Text>
                  </Table.Td>
                  <Table.Td>{row.task}</Table.Td>
                  {!campaignId && <Table.Td>{row.campaign ?? '–'}</Table.Td>}
                  <Table.Td>{row.user ?? '–'}</Table.Td>
                  <Table.Td>{bytes(row.sent_bytes)}</Table.Td>
                  <Table.Td>{row.cost_nano == null ? t('price.unknown') : dollars(row.cost_nano)}</Table.Td>
                  <Table.Td>
                    <Outcome outcome={row.status} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
      {log.hasNextPage && (
        <Button mt="sm" variant="default" onClick={() => void log.fetchNextPage()} loading={log.isFetchingNextPage}>
          {common('actions.more')}
        </Button>
      )}
      <CallDrawer id={open} close={() => setOpen(null)} />
    </Panel>
  )
}
