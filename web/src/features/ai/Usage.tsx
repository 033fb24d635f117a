/** What models took: sums as bars, over days, tasks, models, members and campaigns. */
import { Group, NativeSelect, SegmentedControl, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { UsageBy, UsageOut, UsageRow } from '@/api/types'
import { Panel } from '@/ui/Panel'
import { Failed, Loading } from '@/ui/states'
import { type Bar, DayBars, PartBars } from './Bars'
import { count, dollars } from './money'
import { usageQuery } from './queries'
import './strings'

const kinds: UsageBy[] = ['day', 'task', 'model', 'member', 'campaign']

/** A campaign's, or the site's when there is none. */
export function Usage({ campaignId }: { campaignId?: string }) {
  const { t } = useTranslation('ai')
  const [by, setBy] = useState<UsageBy>('day')
  const [days, setDays] = useState(30)
  const usage = useQuery(usageQuery(by, days, campaignId))
  const offered = campaignId ? kinds.filter((kind) => kind !== 'campaign') : kinds
  return (
    <Panel
      title={t('usage.title')}
      action={
        <NativeSelect
          aria-label={t('usage.span')}
          size="xs"
          value={String(days)}
          onChange={(event) => setDays(Number(event.currentTarget.value))}
          data={[7, 30, 90].map((value) => ({ value: String(value), label: t('usage.days', { count: value }) }))}
        />
      }
    >
      <Stack>
        <SegmentedControl
          aria-label={t('usage.over')}
          size="xs"
          fullWidth
          value={by}
          onChange={(value) => setBy(value as UsageBy)}
          data={offered.map((value) => ({ value, label: t(`usage.by.${value}`) }))}
        />
        {usage.isPending && <Loading height={140} />}
        {usage.error && <Failed error={usage.error} retry={() => void usage.refetch()} />}
        {usage.data && <Sums usage={usage.data} />}
      </Stack>
    </Panel>
  )
}

function Sums({ usage }: { usage: UsageOut }) {
  const { t } = useTranslation('ai')
  const { total } = usage
  if (total.requests === 0) return <Text c="dimmed">{t('usage.empty')}</Text>
  // Where everything is free or unknown, the bars show tokens.
  const money = total.cost_nano > 0
  const tokens = (row: UsageRow) => row.input_tokens + row.output_tokens
  const bar = (row: UsageRow): Bar => ({
    key: row.key,
    label: row.name || row.key || t('usage.nobody'),
    value: money ? row.cost_nano : tokens(row),
    shown: t('usage.line', {
      cost: dollars(row.cost_nano),
      tokens: count(tokens(row)),
      requests: t('usage.requests', { count: row.requests }),
    }),
  })
  const bars = usage.by === 'day' ? everyDay(usage).map(bar) : usage.rows.map(bar)
  return (
    <Stack>
      <Group gap="xl">
        <Figure label={t('usage.cost')} value={dollars(total.cost_nano)} />
        <Figure label={t('usage.in')} value={count(total.input_tokens)} />
        <Figure label={t('usage.out')} value={count(total.output_tokens)} />
        <Figure label={t('usage.sent')} value={count(total.requests)} />
        <Figure label={t('usage.failed')} value={count(total.failed)} />
        <Figure label={t('usage.outside')} value={count(total.outside)} />
      </Group>
      {total.unknown_requests > 0 && (
        <Text size="sm" fw={500}>
          {t('usage.unknown', { count: total.unknown_requests })}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {money ? t('usage.shows_cost') : t('usage.shows_tokens')}
      </Text>
      {usage.by === 'day' ? <DayBars bars={bars} /> : <PartBars bars={bars} />}
    </Stack>
  )
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fw={600}>{value}</Text>
    </div>
  )
}

/** All days from the first to the last, those without a request too. */
export function everyDay(usage: UsageOut): UsageRow[] {
  const known = new Map(usage.rows.map((row) => [row.key, row]))
  const none = { ...usage.total, requests: 0, input_tokens: 0, output_tokens: 0, cost_nano: 0, name: null }
  const days: UsageRow[] = []
  const last = Date.parse(usage.to)
  for (let at = Date.parse(usage.from); at <= last; at += 86_400_000) {
    const key = new Date(at).toISOString().slice(0, 10)
    days.push(known.get(key) ?? { ...none, key })
  }
  return days
}
