/** The calendar of a campaign: what day it is, and for a game master how days are counted. */
import {
  ActionIcon,
  Alert,
  Button,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import { ApiError, fieldErrors } from '@/api/problem'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { told } from '@/ui/notify'
import { Page } from '@/ui/Page'
import { Panel } from '@/ui/Panel'
import { Failed, Loading, PageError } from '@/ui/states'
import { presets } from './presets'
import { type CalendarOut, calendarQuery } from './queries'
import { StoryTimeInput } from './StoryTimeInput'
import { type Calendar, format } from './text'
import './strings'

export function CalendarPage() {
  const { t } = useTranslation('calendar')
  const { campaignId, isGm } = useCampaign()
  const found = useQuery(calendarQuery(campaignId))
  if (found.isPending) return <Loading />
  if (found.error) return <PageError error={found.error} reset={() => void found.refetch()} />
  const { definition, present, version } = found.data
  return (
    <Page title={t('title')} narrow>
      <Title order={1}>{t('title')}</Title>
      <Text c="dimmed" mb="lg">
        {t('lead')}
      </Text>
      <Stack>
        <Panel title={t('present')}>
          <Text className="skald-serif" fz="1.25rem">
            {present == null
              ? t('present_none')
              : `${format(definition, present, 'long')} · ${format(definition, present, 'time').split(', ').at(-1)}`}
          </Text>
        </Panel>
        {isGm ? <Form key={version} stored={found.data} /> : <Overview calendar={definition} />}
      </Stack>
    </Page>
  )
}

function Overview({ calendar }: { calendar: Calendar }) {
  return (
    <Panel title={calendar.name}>
      <Text>{calendar.months.map((month) => `${month.name} (${month.days})`).join(' · ')}</Text>
      {calendar.weekdays && calendar.weekdays.length > 0 && <Text c="dimmed">{calendar.weekdays.join(' · ')}</Text>}
    </Panel>
  )
}

function Form({ stored }: { stored: CalendarOut }) {
  const { t } = useTranslation('calendar')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const queries = useQueryClient()
  const [calendar, setCalendar] = useState(stored.definition)
  const [present, setPresent] = useState<number | null>(stored.present ?? null)
  const set = (next: Partial<Calendar>) => setCalendar((old) => ({ ...old, ...next }))
  const save = useMutation({
    mutationFn: () =>
      data(
        api.PUT('/api/v1/campaigns/{campaign_id}/calendar', {
          params: { path: { campaign_id: campaignId }, header: ifMatch(stored.version) },
          body: { definition: calendar, present },
        }),
      ),
    onSuccess: (saved) => {
      queries.setQueryData(calendarQuery(campaignId).queryKey, saved)
      told(t('saved'))
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 412) {
        void queries.invalidateQueries({ queryKey: calendarQuery(campaignId).queryKey })
      }
    },
  })
  const fields = fieldErrors(save.error)
  const wrong = (field: string) => fields[`definition.${field}`]
  const count = (label: string, value: number, change: (value: number) => void, error?: string, max = 1000) => (
    <NumberInput
      label={label}
      value={value}
      onChange={(next) => change(Number(next) || 0)}
      max={max}
      allowDecimal={false}
      error={error}
    />
  )
  const months = calendar.months.map((month, n) => ({ value: String(n + 1), label: month.name || String(n + 1) }))
  const leap = calendar.leap
  const eras = calendar.eras ?? []
  const sound = calendar.months.length > 0 && calendar.months.every((month) => month.days > 0)
  const counted = sound && calendar.hours_per_day > 0 && calendar.minutes_per_hour > 0 && (!leap || leap.every > 0)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack>
        <Panel title={calendar.name || t('title')}>
          <Stack>
            {stored.version === 0 && <Text c="dimmed">{t('version_none')}</Text>}
            {counted && (
              <>
                <StoryTimeInput
                  label={t('present')}
                  description={t('present_hint')}
                  value={present}
                  onChange={setPresent}
                  calendar={calendar}
                  error={fields.present}
                />
                <Text size="sm" c="dimmed">
                  {t('example', { date: format(calendar, 0, 'long') })}
                </Text>
              </>
            )}
            <Group align="flex-end" grow>
              <TextInput
                label={t('name')}
                value={calendar.name}
                onChange={(event) => set({ name: event.currentTarget.value })}
                error={wrong('name')}
                required
              />
              <Select
                label={t('preset')}
                placeholder="…"
                value={null}
                data={(['gregorian', 'plain'] as const).map((value) => ({ value, label: t(`presets.${value}`) }))}
                onChange={(key) => key && setCalendar(presets[key as keyof typeof presets])}
              />
            </Group>
            <SimpleGrid cols={2}>
              {count(
                t('hours_per_day'),
                calendar.hours_per_day,
                (n) => set({ hours_per_day: n }),
                wrong('hours_per_day'),
              )}
              {count(
                t('minutes_per_hour'),
                calendar.minutes_per_hour,
                (n) => set({ minutes_per_hour: n }),
                wrong('minutes_per_hour'),
              )}
            </SimpleGrid>
          </Stack>
        </Panel>
        <Panel title={t('months')}>
          <Stack gap="xs">
            {wrong('months') && <Text c="red">{wrong('months')}</Text>}
            {calendar.months.map((month, n) => {
              const put = (next: Partial<typeof month>) =>
                set({ months: calendar.months.map((one, i) => (i === n ? { ...one, ...next } : one)) })
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a month is its place in the year
                <Group key={n} wrap="nowrap" gap="xs" align="flex-start">
                  <TextInput
                    flex={1}
                    aria-label={t('month', { n: n + 1 })}
                    value={month.name}
                    onChange={(event) => put({ name: event.currentTarget.value })}
                    error={wrong(`months.${n}.name`)}
                  />
                  <NumberInput
                    w={90}
                    aria-label={t('days', { n: n + 1 })}
                    value={month.days}
                    min={1}
                    onChange={(days) => put({ days: Number(days) || 0 })}
                    allowDecimal={false}
                    error={wrong(`months.${n}.days`)}
                  />
                  <ActionIcon
                    mt={4}
                    variant="subtle"
                    color="gray"
                    aria-label={t('month_remove', { n: n + 1 })}
                    onClick={() => set({ months: calendar.months.filter((_, i) => i !== n) })}
                  >
                    <IconX size={16} />
                  </ActionIcon>
                </Group>
              )
            })}
            <Group>
              <Button
                variant="light"
                size="xs"
                leftSection={<IconPlus size={14} />}
                onClick={() => set({ months: [...calendar.months, { name: '', days: 30 }] })}
              >
                {t('month_add')}
              </Button>
            </Group>
            <TagsInput
              label={t('weekdays')}
              description={t('weekdays_hint')}
              value={calendar.weekdays ?? []}
              onChange={(weekdays) => set({ weekdays })}
              error={wrong('weekdays')}
            />
          </Stack>
        </Panel>
        <Panel
          title={t('leap')}
          action={
            <Switch
              aria-label={t('leap')}
              checked={leap != null}
              onChange={(event) => set({ leap: event.currentTarget.checked ? { every: 4, month: 1, days: 1 } : null })}
            />
          }
        >
          {leap && (
            <SimpleGrid cols={{ base: 2, sm: 5 }}>
              {count(
                t('leap_every'),
                leap.every,
                (every) => set({ leap: { ...leap, every } }),
                wrong('leap.every'),
                10000,
              )}
              {(['except', 'unless'] as const).map((key) => (
                <NumberInput
                  key={key}
                  label={t(`leap_${key}`)}
                  value={leap[key] ?? ''}
                  onChange={(next) => set({ leap: { ...leap, [key]: typeof next === 'number' ? next : null } })}
                  allowDecimal={false}
                  error={wrong(`leap.${key}`)}
                />
              ))}
              <Select
                label={t('leap_month')}
                data={months}
                value={String(leap.month)}
                onChange={(next) => next && set({ leap: { ...leap, month: Number(next) } })}
                error={wrong('leap.month')}
              />
              {count(t('leap_days'), leap.days, (days) => set({ leap: { ...leap, days } }), wrong('leap.days'), 100)}
            </SimpleGrid>
          )}
        </Panel>
        <Panel title={t('eras')}>
          <Stack gap="xs">
            <Text size="sm" c="dimmed">
              {t('eras_hint')}
            </Text>
            {eras.map((era, n) => {
              const put = (next: Partial<typeof era>) =>
                set({ eras: eras.map((one, i) => (i === n ? { ...one, ...next } : one)) })
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: an era is its place among the eras
                <Group key={n} gap="xs" align="center">
                  <TextInput
                    flex={1}
                    miw={140}
                    aria-label={t('era_name', { n: n + 1 })}
                    value={era.name}
                    onChange={(event) => put({ name: event.currentTarget.value })}
                    error={wrong(`eras.${n}.name`)}
                  />
                  <TextInput
                    w={80}
                    aria-label={t('era_short', { n: n + 1 })}
                    value={era.short}
                    onChange={(event) => put({ short: event.currentTarget.value })}
                    error={wrong(`eras.${n}.short`)}
                  />
                  {n > 0 && (
                    <NumberInput
                      w={110}
                      aria-label={t('era_from', { n: n + 1 })}
                      value={era.from ?? ''}
                      onChange={(next) => put({ from: typeof next === 'number' ? next : null })}
                      allowDecimal={false}
                      error={wrong(`eras.${n}.from`)}
                    />
                  )}
                  {n + 1 < eras.length && (
                    <Switch
                      label={t('era_backwards')}
                      checked={era.backwards ?? false}
                      onChange={(event) => put({ backwards: event.currentTarget.checked })}
                    />
                  )}
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t('era_remove', { n: n + 1 })}
                    onClick={() => {
                      const left = eras.filter((_, i) => i !== n)
                      set({ eras: left.map((one, i) => (i === 0 ? { ...one, from: null } : one)) })
                    }}
                  >
                    <IconX size={16} />
                  </ActionIcon>
                </Group>
              )
            })}
            <Group>
              <Button
                variant="light"
                size="xs"
                leftSection={<IconPlus size={14} />}
                onClick={() =>
                  set({
                    eras: [...eras, { name: '', short: '', from: eras.length === 0 ? null : 1, backwards: false }],
                  })
                }
              >
                {t('era_add')}
              </Button>
            </Group>
          </Stack>
        </Panel>
        <Panel title={t('epoch')}>
          <Text size="sm" c="dimmed" mb="xs">
            {t('epoch_hint')}
          </Text>
          <SimpleGrid cols={{ base: 2, sm: 4 }}>
            <NumberInput
              label={t('epoch_year')}
              value={calendar.epoch.year}
              onChange={(year) => set({ epoch: { ...calendar.epoch, year: Number(year) || 0 } })}
              allowDecimal={false}
              error={wrong('epoch.year')}
            />
            <Select
              label={t('epoch_month')}
              data={months}
              value={String(calendar.epoch.month)}
              onChange={(month) => month && set({ epoch: { ...calendar.epoch, month: Number(month) } })}
              error={wrong('epoch.month')}
            />
            {count(
              t('epoch_day'),
              calendar.epoch.day,
              (day) => set({ epoch: { ...calendar.epoch, day } }),
              wrong('epoch.day'),
            )}
            {calendar.weekdays && calendar.weekdays.length > 0 && (
              <Select
                label={t('epoch_weekday')}
                data={calendar.weekdays.map((label, n) => ({ value: String(n + 1), label }))}
                value={String(calendar.epoch.weekday ?? 1)}
                onChange={(weekday) => weekday && set({ epoch: { ...calendar.epoch, weekday: Number(weekday) } })}
                error={wrong('epoch.weekday')}
              />
            )}
          </SimpleGrid>
        </Panel>
        {save.error instanceof ApiError && save.error.status === 412 && <Alert color="brass">{t('stale')}</Alert>}
        {save.error &&
          Object.keys(fields).length === 0 &&
          !(save.error instanceof ApiError && save.error.status === 412) && <Failed error={save.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending}>
            {common('actions.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
