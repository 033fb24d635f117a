/** What a campaign does with suggestions without asking. */
import { Button, CloseButton, Group, Modal, NativeSelect, Stack, Table, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import type { EntityKind } from '@/api/types'
import { kinds } from '@/features/canon/kinds'
import { told } from '@/ui/notify'
import { Failed, Loading } from '@/ui/states'
import { type AuthorKind, type Decision, type ProposalPolicy, type ProposalRule, policyQuery } from './queries'
import './strings'

const authors = ['ai', 'import', 'member'] as const
const targets = ['entity', 'fact', 'relationship'] as const
const decisions = ['ask', 'accept', 'refuse'] as const

export function Policy({ campaignId, opened, close }: { campaignId: string; opened: boolean; close: () => void }) {
  const { t } = useTranslation('proposals')
  const policy = useQuery({ ...policyQuery(campaignId), enabled: opened })
  return (
    <Modal opened={opened} onClose={close} size="lg" title={t('policy.title')}>
      <Text size="sm" c="dimmed" mb="md">
        {t('policy.lead')}
      </Text>
      {policy.error && <Failed error={policy.error} retry={() => void policy.refetch()} />}
      {policy.data ? (
        <Form key={policy.data.version} campaignId={campaignId} policy={policy.data} close={close} />
      ) : (
        !policy.error && <Loading height={160} />
      )}
    </Modal>
  )
}

function Form({ campaignId, policy, close }: { campaignId: string; policy: ProposalPolicy; close: () => void }) {
  const { t } = useTranslation('proposals')
  const { t: common } = useTranslation()
  const queries = useQueryClient()
  const [rules, setRules] = useState<ProposalRule[]>(policy.rules)
  const save = useMutation({
    mutationFn: () =>
      data(
        api.PUT('/api/v1/campaigns/{campaign_id}/proposals/policy', {
          params: { path: { campaign_id: campaignId }, header: ifMatch(policy.version) },
          body: { rules },
        }),
      ),
    onSuccess: (out) => {
      queries.setQueryData(policyQuery(campaignId).queryKey, out)
      told(t('policy.saved'))
      close()
    },
  })
  const choices = decisions.map((value) => ({ value, label: t(`policy.${value}`) }))
  const exceptions = rules.filter((rule) => rule.entity_kind)
  const whole = (author: AuthorKind, target: (typeof targets)[number]) =>
    rules.find((rule) => rule.author === author && rule.target_type === target && !rule.entity_kind)
  const setWhole = (author: AuthorKind, target_type: (typeof targets)[number], decision: Decision) =>
    setRules([
      ...rules.filter((rule) => rule !== whole(author, target_type)),
      ...(decision === 'ask' ? [] : [{ author, target_type, entity_kind: null, decision }]),
    ])
  const change = (rule: ProposalRule, next: Partial<ProposalRule>) =>
    setRules(rules.map((one) => (one === rule ? { ...one, ...next } : one)))
  return (
    <Stack>
      <Table.ScrollContainer minWidth={420}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Td />
              {authors.map((author) => (
                <Table.Th key={author} scope="col">
                  {t(`author.${author}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {targets.map((target) => (
              <Table.Tr key={target}>
                <Table.Th scope="row">{t(`target.${target}`)}</Table.Th>
                {authors.map((author) => (
                  <Table.Td key={author}>
                    <NativeSelect
                      aria-label={t('policy.cell', { target: t(`target.${target}`), author: t(`author.${author}`) })}
                      size="xs"
                      value={whole(author, target)?.decision ?? 'ask'}
                      onChange={(event) => setWhole(author, target, event.currentTarget.value as Decision)}
                      data={choices}
                    />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {exceptions.map((rule) => (
        <Group key={rules.indexOf(rule)} gap="xs" wrap="nowrap">
          <NativeSelect
            aria-label={t('filter.author')}
            size="xs"
            value={rule.author}
            onChange={(event) => change(rule, { author: event.currentTarget.value as AuthorKind })}
            data={authors.map((value) => ({ value, label: t(`author.${value}`) }))}
          />
          <NativeSelect
            aria-label={t('policy.kind')}
            size="xs"
            value={rule.entity_kind ?? 'note'}
            onChange={(event) => change(rule, { entity_kind: event.currentTarget.value as EntityKind })}
            data={kinds.map((value) => ({ value, label: common(`kinds_plural.${value}`) }))}
          />
          <NativeSelect
            aria-label={t('policy.decision')}
            size="xs"
            value={rule.decision}
            onChange={(event) => change(rule, { decision: event.currentTarget.value as Decision })}
            data={choices}
          />
          <CloseButton aria-label={t('policy.remove')} onClick={() => setRules(rules.filter((one) => one !== rule))} />
        </Group>
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        style={{ alignSelf: 'flex-start' }}
        onClick={() =>
          setRules([...rules, { author: 'ai', target_type: 'entity', entity_kind: 'note', decision: 'accept' }])
        }
      >
        {t('policy.add')}
      </Button>
      {save.error && <Failed error={save.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {common('actions.cancel')}
        </Button>
        <Button onClick={() => save.mutate()} loading={save.isPending}>
          {common('actions.save')}
        </Button>
      </Group>
    </Stack>
  )
}
