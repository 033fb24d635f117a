/** Budgets: how much of each is spent and reserved, and when it renews. */
import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconCoin, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import type { BudgetOut } from '@/api/types'
import { useUser } from '@/ui/auth'
import { Confirm } from '@/ui/Confirm'
import { Panel } from '@/ui/Panel'
import { Empty, Failed, Loading } from '@/ui/states'
import { exact } from '@/ui/time'
import { LimitBar } from './Bars'
import { BudgetForm } from './BudgetForm'
import { count, dollars } from './money'
import { budgetsQuery } from './queries'
import './strings'

/** A campaign's budgets, or all of them for an admin. */
export function Budgets({ campaignId }: { campaignId?: string }) {
  const { t } = useTranslation('ai')
  const budgets = useQuery(budgetsQuery(campaignId))
  const [editing, setEditing] = useState<BudgetOut | 'new' | null>(null)
  const items = budgets.data?.items ?? []
  // An admin changes the admin's and a game master their own; the other is shown beside it.
  const mine = useUser().site_role === 'admin' ? 'admin' : 'gm'
  const button = (
    <Button size="sm" leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
      {t('budgets.add')}
    </Button>
  )
  return (
    <Panel title={t('budgets.title')} action={items.length > 0 && button}>
      {budgets.isPending && <Loading height={100} />}
      {budgets.error && <Failed error={budgets.error} retry={() => void budgets.refetch()} />}
      {budgets.data && items.length === 0 && (
        <Empty icon={<IconCoin size={40} stroke={1.3} />} title={t('budgets.empty_title')} action={button}>
          {t('budgets.empty_text')}
        </Empty>
      )}
      <Stack component="ul" gap="lg" p={0} m={0}>
        {items.map((budget) => (
          <Row key={budget.id} budget={budget} own={budget.set_by === mine} edit={() => setEditing(budget)} />
        ))}
      </Stack>
      <BudgetForm editing={editing} campaignId={campaignId} close={() => setEditing(null)} />
    </Panel>
  )
}

function Row({ budget, own, edit }: { budget: BudgetOut; own: boolean; edit: () => void }) {
  const { t } = useTranslation('ai')
  const { t: common } = useTranslation()
  const queries = useQueryClient()
  const name = budget.scope === 'site' ? t('budgets.scopes.site') : (budget.name ?? t('budgets.gone'))
  const limits = [
    { key: 'nano', limit: budget.limit_nano, show: dollars },
    { key: 'calls', limit: budget.limit_calls, show: (value: number) => t('usage.requests', { count: value }) },
    {
      key: 'tokens',
      limit: budget.limit_tokens,
      show: (value: number) => t('budgets.tokens', { shown: count(value) }),
    },
  ] as const
  return (
    <li style={{ listStyle: 'none' }}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap="xs">
          <Text fw={600}>{name}</Text>
          <Badge size="sm" variant="light">
            {t(`budgets.periods.${budget.period}`)}
          </Badge>
          {budget.scope === 'campaign' && (
            <Badge size="sm" variant="light" color="gray">
              {t(`budgets.by.${budget.set_by}`)}
            </Badge>
          )}
        </Group>
        {own && (
          <Group gap={4} wrap="nowrap">
            <Button size="xs" variant="default" px={8} onClick={edit} aria-label={t('budgets.edit', { name })}>
              <IconPencil size={16} />
            </Button>
            <Confirm
              size="xs"
              px={8}
              label={t('budgets.remove', { name })}
              title={t('budgets.remove_title')}
              text={t('budgets.remove_text')}
              confirm={common('actions.remove')}
              onConfirm={async () => {
                const { scope, scope_id, period } = budget
                await data(api.PUT('/api/v1/ai/budgets', { body: { scope, scope_id: scope_id ?? null, period } }))
                await queries.invalidateQueries({ queryKey: ['ai', 'budgets'] })
              }}
            >
              <IconTrash size={16} />
            </Confirm>
          </Group>
        )}
      </Group>
      <Stack gap={8} mt={6}>
        {limits.map(({ key, limit, show }) =>
          limit == null ? null : (
            <div key={key}>
              <Group justify="space-between" gap="xs" mb={2}>
                <Text size="sm">{t('budgets.spent', { spent: show(budget.spent[key]), limit: show(limit) })}</Text>
                {budget.reserved[key] > 0 && (
                  <Text size="sm" c="dimmed">
                    {t('budgets.reserved', { amount: show(budget.reserved[key]) })}
                  </Text>
                )}
              </Group>
              <LimitBar spent={budget.spent[key]} reserved={budget.reserved[key]} limit={limit} />
            </div>
          ),
        )}
        {budget.unknown_calls > 0 && (
          <Text size="sm" fw={500}>
            {t('usage.unknown', { count: budget.unknown_calls })}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {t('budgets.renews', { when: exact(budget.renews_at) })}
          {budget.limit_nano != null && ` ${budget.allow_unknown ? t('budgets.unknown_yes') : t('budgets.unknown_no')}`}
        </Text>
      </Stack>
    </li>
  )
}
