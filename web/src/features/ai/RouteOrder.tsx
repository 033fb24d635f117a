/** The order in which models are asked, for each task or for all that have none of their own. */
import { ActionIcon, Badge, Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import type { ProviderOut, RoutesOut } from '@/api/types'
import { Panel } from '@/ui/Panel'
import { Failed, Loading } from '@/ui/states'
import { routesQuery } from './queries'

export const ORACLE = 'oracle'

type Route = keyof RoutesOut

/** In the order in which they are shown. */
const tasks: Route[] = [
  'default',
  'narrate',
  'dialogue',
  'generate',
  'extract',
  'summarize',
  'classify',
  'outline',
  'write',
  'critique',
  'embed',
]

/** What the oracle can do; the usual order may always end with it. */
const byOracle = new Set<Route>(['default', 'narrate', 'extract'])

/** Moves one place; what leaves the list's ends stays where it is. */
export function moved(order: readonly string[], index: number, by: 1 | -1): string[] {
  const next = [...order]
  const target = index + by
  const [item] = next.splice(index, 1)
  if (item === undefined || target < 0 || target > next.length) return [...order]
  next.splice(target, 0, item)
  return next
}

/** All orders as they are sent, with one of them changed. */
export function changed(routes: RoutesOut, task: Route, order: readonly string[]): RoutesOut {
  return { ...routes, [task]: byOracle.has(task) && order.length > 0 ? [...order, ORACLE] : [...order] }
}

export function RouteOrder({ providers }: { providers: ProviderOut[] }) {
  const { t } = useTranslation('ai')
  const queries = useQueryClient()
  const routes = useQuery(routesQuery)
  const [task, setTask] = useState<Route>('default')
  const put = useMutation({
    mutationFn: (body: RoutesOut) => data(api.PUT('/api/v1/ai/routes', { body })),
    onSuccess: (out) => queries.setQueryData(routesQuery.queryKey, out),
  })
  const save = (order: string[]) => routes.data && put.mutate(changed(routes.data, task, order))
  const shown = put.isPending ? put.variables : routes.data
  const stored = (shown?.[task] ?? []).filter((id) => id !== ORACLE)
  const byId = new Map(providers.map((provider) => [provider.id, provider]))
  const order = stored.filter((id) => byId.has(id))
  const unused = providers.filter((provider) => !order.includes(provider.id))
  return (
    <Panel title={t('routes.title')}>
      <Text c="dimmed" size="sm" mb="sm">
        {t('routes.text')}
      </Text>
      <NativeSelect
        label={t('routes.for')}
        description={t(`routes.about.${task}`)}
        value={task}
        onChange={(event) => setTask(event.currentTarget.value as Route)}
        data={tasks.map((value) => ({
          value,
          label:
            t(`routes.tasks.${value}`) + (value !== 'default' && shown?.[value].length ? ` (${t('routes.own')})` : ''),
        }))}
        maw={420}
        mb="md"
      />
      {routes.isPending && <Loading height={60} />}
      {routes.error && <Failed error={routes.error} retry={() => void routes.refetch()} />}
      {put.error && <Failed error={put.error} />}
      {routes.data && order.length === 0 && task !== 'default' && (
        <Text size="sm">{t(byOracle.has(task) ? 'routes.usual' : 'routes.usual_no_oracle')}</Text>
      )}
      {routes.data && (order.length > 0 || task === 'default') && (
        <Stack component="ol" gap="xs" pl={22} m={0}>
          {order.map((id, index) => {
            const { name, model } = byId.get(id) as ProviderOut
            return (
              <li key={id}>
                <Group justify="space-between" wrap="nowrap">
                  <Text>
                    {name}{' '}
                    <Text span c="dimmed" size="sm">
                      {model}
                    </Text>
                  </Text>
                  <Group gap={4} wrap="nowrap">
                    <ActionIcon
                      variant="default"
                      disabled={index === 0}
                      onClick={() => save(moved(order, index, -1))}
                      aria-label={t('routes.up', { name })}
                    >
                      <IconArrowUp size={16} />
                    </ActionIcon>
                    <ActionIcon
                      variant="default"
                      disabled={index === order.length - 1}
                      onClick={() => save(moved(order, index, 1))}
                      aria-label={t('routes.down', { name })}
                    >
                      <IconArrowDown size={16} />
                    </ActionIcon>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      onClick={() => save(order.filter((other) => other !== id))}
                      aria-label={t('routes.out', { name })}
                    >
                      <IconX size={16} />
                    </ActionIcon>
                  </Group>
                </Group>
              </li>
            )
          })}
          {byOracle.has(task) && (
            <li>
              <Group gap="xs">
                <Text>{t('oracle')}</Text>
                <Badge size="sm" variant="light" color="gray">
                  {t('routes.last')}
                </Badge>
              </Group>
              <Text size="sm" c="dimmed">
                {t('oracle_text')}
              </Text>
            </li>
          )}
        </Stack>
      )}
      {unused.length > 0 && routes.data && (
        <Group gap="xs" mt="md">
          {unused.map((provider) => (
            <Button key={provider.id} size="xs" variant="light" onClick={() => save([...order, provider.id])}>
              {t('routes.use', { name: provider.name })}
            </Button>
          ))}
        </Group>
      )}
    </Panel>
  )
}
