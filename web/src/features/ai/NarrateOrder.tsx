/** The order in which models are asked to narrate; the oracle is always last. */
import { ActionIcon, Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import type { ProviderOut } from '@/api/types'
import { Panel } from '@/ui/Panel'
import { Failed, Loading } from '@/ui/states'
import { routesQuery } from './queries'

export const ORACLE = 'oracle'

/** Moves one place; what leaves the list's ends stays where it is. */
export function moved(order: readonly string[], index: number, by: 1 | -1): string[] {
  const next = [...order]
  const target = index + by
  const [item] = next.splice(index, 1)
  if (item === undefined || target < 0 || target > next.length) return [...order]
  next.splice(target, 0, item)
  return next
}

export function NarrateOrder({ providers }: { providers: ProviderOut[] }) {
  const { t } = useTranslation('ai')
  const queries = useQueryClient()
  const routes = useQuery(routesQuery)
  const save = useMutation({
    mutationFn: (order: string[]) => data(api.PUT('/api/v1/ai/routes', { body: { narrate: [...order, ORACLE] } })),
    onSuccess: (out) => queries.setQueryData(routesQuery.queryKey, out),
  })
  const stored = save.isPending ? save.variables : (routes.data?.narrate ?? []).filter((id) => id !== ORACLE)
  const byId = new Map(providers.map((provider) => [provider.id, provider]))
  const order = stored.filter((id) => byId.has(id))
  const unused = providers.filter((provider) => !order.includes(provider.id))
  return (
    <Panel title={t('narrate.title')}>
      <Text c="dimmed" size="sm" mb="sm">
        {t('narrate.text')}
      </Text>
      {routes.isPending && <Loading height={60} />}
      {routes.error && <Failed error={routes.error} retry={() => void routes.refetch()} />}
      {save.error && <Failed error={save.error} />}
      {routes.data && (
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
                      onClick={() => save.mutate(moved(order, index, -1))}
                      aria-label={t('narrate.up', { name })}
                    >
                      <IconArrowUp size={16} />
                    </ActionIcon>
                    <ActionIcon
                      variant="default"
                      disabled={index === order.length - 1}
                      onClick={() => save.mutate(moved(order, index, 1))}
                      aria-label={t('narrate.down', { name })}
                    >
                      <IconArrowDown size={16} />
                    </ActionIcon>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      onClick={() => save.mutate(order.filter((other) => other !== id))}
                      aria-label={t('narrate.out', { name })}
                    >
                      <IconX size={16} />
                    </ActionIcon>
                  </Group>
                </Group>
              </li>
            )
          })}
          <li>
            <Group gap="xs">
              <Text>{t('oracle')}</Text>
              <Badge size="sm" variant="light" color="gray">
                {t('narrate.last')}
              </Badge>
            </Group>
            <Text size="sm" c="dimmed">
              {t('oracle_text')}
            </Text>
          </li>
        </Stack>
      )}
      {unused.length > 0 && routes.data && (
        <Group gap="xs" mt="md">
          {unused.map((provider) => (
            <Button key={provider.id} size="xs" variant="light" onClick={() => save.mutate([...order, provider.id])}>
              {t('narrate.use')}: {provider.name}
            </Button>
          ))}
        </Group>
      )}
    </Panel>
  )
}
