/** What an entity is tied to, and how strongly. */
import { Button, Group, Modal, Slider, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArrowsLeftRight, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import { relationshipsQuery } from '@/api/queries'
import type { EntityOut, RelationshipOut } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { TieHistory } from '@/features/graph/TieHistory'
import { Confirm } from '@/ui/Confirm'
import { Panel } from '@/ui/Panel'
import { Failed } from '@/ui/states'
import { EntityLink, PickOne } from './names'
import { PickVisibility } from './PickVisibility'
import { VisibilityBadge } from './VisibilityBadge'

export function Relationships({ entity }: { entity: EntityOut }) {
  const { t } = useTranslation('canon')
  const { campaignId, isGm } = useCampaign()
  const ties = useQuery(relationshipsQuery(campaignId, entity.id))
  const [opened, { open, close }] = useDisclosure(false)
  if (!isGm && ties.data?.items.length === 0) return null
  return (
    <Panel
      title={t('entity.relations')}
      padding="sm"
      action={
        isGm && (
          <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} />} onClick={open}>
            {t('relation.add')}
          </Button>
        )
      }
    >
      {ties.error && <Failed error={ties.error} retry={() => void ties.refetch()} />}
      {ties.data?.items.length === 0 && <Text c="dimmed">{t('entity.relations_empty')}</Text>}
      <Stack component="ul" gap="xs" p={0} m={0}>
        {ties.data?.items.map((tie) => (
          <Tie key={tie.id} tie={tie} self={entity.id} />
        ))}
      </Stack>
      <Modal opened={opened} onClose={close} title={t('relation.add')}>
        {opened && <Form entity={entity} close={close} />}
      </Modal>
    </Panel>
  )
}

function Tie({ tie, self }: { tie: RelationshipOut; self: string }) {
  const { t } = useTranslation('canon')
  const { t: common } = useTranslation()
  const { campaignId, isGm } = useCampaign()
  const queries = useQueryClient()
  const outward = tie.from_id === self
  const other = outward ? { id: tie.to_id, name: tie.to_name } : { id: tie.from_id, name: tie.from_name }
  const strength = tie.strength > 0 ? `+${tie.strength}` : String(tie.strength).replace('-', '−')
  const tone = tie.strength > 0 ? 'var(--skald-good)' : tie.strength < 0 ? 'var(--skald-bad)' : undefined
  return (
    <Group component="li" justify="space-between" wrap="nowrap" gap="xs" style={{ listStyle: 'none' }}>
      <div>
        <Text size="sm" component="div">
          {outward || tie.symmetric ? (
            <>
              {tie.kind} <EntityLink campaignId={campaignId} id={other.id} name={other.name} />
            </>
          ) : (
            <>
              <EntityLink campaignId={campaignId} id={other.id} name={other.name} />: {tie.kind}
            </>
          )}{' '}
          {tie.symmetric && <IconArrowsLeftRight size={13} aria-hidden />}{' '}
          <Text span fw={700} c={tone}>
            {strength}
          </Text>{' '}
          <VisibilityBadge visibility={tie.visibility} />
        </Text>
        {tie.note && (
          <Text size="xs" c="dimmed">
            {tie.note}
          </Text>
        )}
      </div>
      <Group wrap="nowrap" gap={2}>
        <TieHistory tie={tie} other={other.name} />
        {isGm && (
          <Confirm
            size="compact-xs"
            px={5}
            label={t('relation.delete', { name: other.name })}
            title={t('relation.delete', { name: other.name })}
            text={`${tie.from_name} – ${tie.kind} – ${tie.to_name}`}
            confirm={common('actions.remove')}
            onConfirm={async () => {
              const params = { path: { relationship_id: tie.id }, header: ifMatch(tie.version) }
              await data(api.DELETE('/api/v1/relationships/{relationship_id}', { params }))
              await queries.invalidateQueries({ queryKey: ['campaign', campaignId, 'relationships'] })
            }}
          >
            <IconTrash size={15} />
          </Confirm>
        )}
      </Group>
    </Group>
  )
}

function Form({ entity, close }: { entity: EntityOut; close: () => void }) {
  const { t } = useTranslation('canon')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const queries = useQueryClient()
  const [kind, setKind] = useState('')
  const [to, setTo] = useState<string | null>(null)
  const [strength, setStrength] = useState(0)
  const [symmetric, setSymmetric] = useState(false)
  const [visibility, setVisibility] = useState<RelationshipOut['visibility']>('everyone')
  const [note, setNote] = useState('')
  const save = useMutation({
    mutationFn: () =>
      data(
        api.POST('/api/v1/campaigns/{campaign_id}/relationships', {
          params: { path: { campaign_id: campaignId } },
          body: { from_id: entity.id, to_id: to ?? '', kind: kind.trim(), strength, symmetric, visibility, note },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['campaign', campaignId, 'relationships'] })
      close()
    },
  })
  const fields = fieldErrors(save.error)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (to) save.mutate()
      }}
    >
      <Stack>
        <TextInput
          label={t('relation.kind')}
          description={t('relation.kind_hint')}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value)}
          error={fields.kind}
          required
          data-autofocus
        />
        <PickOne
          campaignId={campaignId}
          label={t('relation.to')}
          value={to}
          onChange={setTo}
          not={entity.id}
          error={fields.to_id}
          required
        />
        <div>
          <Text size="sm" fw={500} id="tie-strength">
            {t('relation.strength')}
          </Text>
          <Slider
            min={-10}
            max={10}
            value={strength}
            onChange={setStrength}
            thumbLabel={t('relation.strength')}
            marks={[{ value: -10 }, { value: 0 }, { value: 10 }]}
            my="xs"
          />
        </div>
        <Switch
          label={t('relation.symmetric')}
          checked={symmetric}
          onChange={(event) => setSymmetric(event.currentTarget.checked)}
        />
        <PickVisibility value={visibility} onChange={setVisibility} only={['everyone', 'gm']} />
        <Textarea
          label={t('relation.note')}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          autosize
        />
        {save.error && Object.keys(fields).length === 0 && <Failed error={save.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {common('actions.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {common('actions.add')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
