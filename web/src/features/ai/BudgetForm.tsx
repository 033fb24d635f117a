/** One budget: for whom, how long, and how much of what. */
import { Button, Checkbox, Group, Modal, NativeSelect, NumberInput, Stack } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import { campaignsQuery } from '@/api/queries'
import type { BudgetOut } from '@/api/types'
import { Failed } from '@/ui/states'
import { nano, typed } from './money'
import { usageQuery } from './queries'

interface FormProps {
  editing: BudgetOut | 'new' | null
  campaignId?: string
  close: () => void
}

export function BudgetForm({ editing, campaignId, close }: FormProps) {
  const { t } = useTranslation('ai')
  return (
    <Modal opened={editing !== null} onClose={close} title={t('budgets.form_title')}>
      {editing !== null && <Body budget={editing === 'new' ? null : editing} campaignId={campaignId} close={close} />}
    </Modal>
  )
}

function Body({ budget, campaignId, close }: { budget: BudgetOut | null; campaignId?: string; close: () => void }) {
  const { t } = useTranslation('ai')
  const { t: common } = useTranslation()
  const queries = useQueryClient()
  const [values, setValues] = useState({
    scope: budget?.scope ?? (campaignId ? 'campaign' : 'site'),
    scope_id: budget?.scope_id ?? campaignId ?? '',
    period: budget?.period ?? 'month',
    money: typed(budget?.limit_nano) as number | string,
    calls: (budget?.limit_calls ?? '') as number | string,
    tokens: (budget?.limit_tokens ?? '') as number | string,
    allow_unknown: budget?.allow_unknown ?? false,
  })
  const set = <K extends keyof typeof values>(key: K, value: (typeof values)[K]) =>
    setValues((old) => ({ ...old, [key]: value }))
  const whole = (value: number | string) => (value === '' ? null : Math.round(Number(value)))
  const save = useMutation({
    mutationFn: () => {
      const { scope, scope_id, period, allow_unknown } = values
      const body = {
        scope,
        scope_id: scope === 'site' ? null : scope_id || null,
        period,
        limit_nano: nano(values.money),
        limit_calls: whole(values.calls),
        limit_tokens: whole(values.tokens),
        allow_unknown,
      }
      return data(api.PUT('/api/v1/ai/budgets', { body }))
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['ai', 'budgets'] })
      close()
    },
  })
  const fields = fieldErrors(save.error)
  const none = values.money === '' && values.calls === '' && values.tokens === ''
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack>
        {!campaignId && !budget && (
          <>
            <NativeSelect
              label={t('budgets.scope')}
              value={values.scope}
              onChange={(event) =>
                setValues((old) => ({ ...old, scope: event.currentTarget.value as typeof old.scope, scope_id: '' }))
              }
              data={(['site', 'campaign', 'user'] as const).map((value) => ({
                value,
                label: t(`budgets.scopes.${value}`),
              }))}
            />
            {values.scope !== 'site' && (
              <Whose
                scope={values.scope}
                value={values.scope_id}
                set={(value) => set('scope_id', value)}
                error={fields.scope_id}
              />
            )}
          </>
        )}
        {!budget && (
          <NativeSelect
            label={t('budgets.period')}
            value={values.period}
            onChange={(event) => set('period', event.currentTarget.value as typeof values.period)}
            data={(['day', 'month'] as const).map((value) => ({ value, label: t(`budgets.periods.${value}`) }))}
          />
        )}
        <NumberInput
          label={t('budgets.money')}
          prefix="$"
          decimalScale={4}
          min={0}
          max={1_000_000}
          value={values.money}
          onChange={(value) => set('money', value)}
          error={fields.limit_nano}
        />
        <NumberInput
          label={t('budgets.calls')}
          allowDecimal={false}
          thousandSeparator=" "
          min={0}
          value={values.calls}
          onChange={(value) => set('calls', value)}
          error={fields.limit_calls}
        />
        <NumberInput
          label={t('budgets.tokens_limit')}
          allowDecimal={false}
          thousandSeparator=" "
          min={0}
          value={values.tokens}
          onChange={(value) => set('tokens', value)}
          error={fields.limit_tokens}
        />
        <Checkbox
          label={t('budgets.allow_unknown')}
          description={t('budgets.allow_unknown_hint')}
          checked={values.allow_unknown}
          onChange={(event) => set('allow_unknown', event.currentTarget.checked)}
        />
        {save.error && Object.keys(fields).length === 0 && <Failed error={save.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {common('actions.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={none}>
            {t('form.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** A campaign of one's own, or somebody who asked for something lately. */
function Whose(props: { scope: 'user' | 'campaign'; value: string; set: (id: string) => void; error?: string }) {
  const { t } = useTranslation('ai')
  const campaigns = useQuery({ ...campaignsQuery, enabled: props.scope === 'campaign' })
  const used = useQuery(usageQuery(props.scope === 'user' ? 'member' : 'campaign', 90))
  const known = new Map<string, string>()
  for (const row of used.data?.rows ?? []) if (row.key && row.name) known.set(row.key, row.name)
  if (props.scope === 'campaign') for (const one of campaigns.data?.items ?? []) known.set(one.id, one.name)
  return (
    <NativeSelect
      label={t(`budgets.whose.${props.scope}`)}
      description={t(`budgets.whose_hint.${props.scope}`)}
      value={props.value}
      onChange={(event) => props.set(event.currentTarget.value)}
      data={[{ value: '', label: t('budgets.choose') }, ...[...known].map(([value, label]) => ({ value, label }))]}
      error={props.error}
      required
    />
  )
}
