/** What is known about an entity. A GM sees who knows it; everybody else sees only what they know. */
import { ActionIcon, Badge, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconPencil, IconPlus, IconSpeakerphone, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import { factsQuery } from '@/api/queries'
import type { EntityOut, FactOut } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { Holds, Knowers, Sources } from '@/features/knowledge/FactLines'
import { Confirm } from '@/ui/Confirm'
import { Panel } from '@/ui/Panel'
import { Failed, Loading } from '@/ui/states'
import { FactForm } from './FactForm'
import classes from './Facts.module.css'
import { EntityLink } from './names'
import { RevealForm } from './RevealForm'

export function Facts({ entity }: { entity: EntityOut }) {
  const { t } = useTranslation('canon')
  const { campaignId, isGm } = useCampaign()
  const facts = useQuery(factsQuery(campaignId, entity.id))
  const [editing, setEditing] = useState<FactOut | 'new' | null>(null)
  const [revealing, setRevealing] = useState<FactOut | null>(null)
  return (
    <Panel
      title={t('entity.facts')}
      action={
        isGm && (
          <Button size="xs" variant="light" leftSection={<IconPlus size={15} />} onClick={() => setEditing('new')}>
            {t('fact.add')}
          </Button>
        )
      }
    >
      {facts.isPending && <Loading height={80} />}
      {facts.error && <Failed error={facts.error} retry={() => void facts.refetch()} />}
      {facts.data?.items.length === 0 && <Text c="dimmed">{t('entity.facts_empty', { name: entity.name })}</Text>}
      <Stack component="ul" gap="sm" p={0} m={0}>
        {facts.data?.items.map((fact) => (
          <Fact key={fact.id} fact={fact} edit={() => setEditing(fact)} reveal={() => setRevealing(fact)} />
        ))}
      </Stack>
      <Modal
        opened={editing !== null}
        onClose={() => setEditing(null)}
        title={t(editing === 'new' ? 'fact.add' : 'fact.edit')}
        size="lg"
      >
        {editing !== null && (
          <FactForm
            key={editing === 'new' ? 'new' : editing.id}
            subjectId={entity.id}
            fact={editing === 'new' ? null : editing}
            close={() => setEditing(null)}
          />
        )}
      </Modal>
      <Modal opened={revealing !== null} onClose={() => setRevealing(null)} title={t('fact.reveal')}>
        {revealing && <RevealForm key={revealing.id} fact={revealing} close={() => setRevealing(null)} />}
      </Modal>
    </Panel>
  )
}

function Fact({ fact, edit, reveal }: { fact: FactOut; edit: () => void; reveal: () => void }) {
  const { t } = useTranslation('canon')
  const { t: common } = useTranslation()
  const { campaignId, isGm } = useCampaign()
  const queries = useQueryClient()
  const knowers = fact.knowers ?? []
  const open = knowers.some((knower) => knower.type === 'everyone')
  return (
    <li
      className={classes.fact}
      data-secret={(isGm && !open) || undefined}
      data-retired={fact.status === 'retired' || undefined}
    >
      <div className={classes.body}>
        <p className={classes.text}>{fact.text}</p>
        <Group gap={8}>
          {fact.predicate && (
            <Text size="xs" c="dimmed">
              {fact.predicate}
            </Text>
          )}
          {fact.object_id && fact.object_name && (
            <Text size="xs">
              → <EntityLink campaignId={campaignId} id={fact.object_id} name={fact.object_name} />
            </Text>
          )}
          {fact.status !== 'canon' && (
            <Badge size="xs" variant="light" color="brass">
              {t(`fact.status.${fact.status}`)}
            </Badge>
          )}
          {isGm && <Knowers fact={fact} />}
          {isGm && fact.find_dc != null && (
            <Text size="xs" c="dimmed">
              {t('fact.dc', { dc: fact.find_dc })}
            </Text>
          )}
          <Holds fact={fact} />
          <Sources fact={fact} />
        </Group>
      </div>
      {isGm && (
        <Group gap={2} wrap="nowrap">
          {fact.status === 'canon' && !open && (
            <ActionIcon variant="subtle" color="gray" onClick={reveal} aria-label={`${t('fact.reveal')} ${fact.text}`}>
              <IconSpeakerphone size={16} />
            </ActionIcon>
          )}
          <ActionIcon variant="subtle" color="gray" onClick={edit} aria-label={`${t('fact.edit')}: ${fact.text}`}>
            <IconPencil size={16} />
          </ActionIcon>
          <Confirm
            size="compact-sm"
            px={6}
            label={`${t('fact.delete')}: ${fact.text}`}
            title={t('fact.delete')}
            text={t('fact.delete_text')}
            confirm={common('actions.delete')}
            onConfirm={async () => {
              const params = { path: { fact_id: fact.id }, header: ifMatch(fact.version) }
              await data(api.DELETE('/api/v1/facts/{fact_id}', { params }))
              await queries.invalidateQueries({ queryKey: ['campaign', campaignId, 'facts'] })
            }}
          >
            <IconTrash size={16} />
          </Confirm>
        </Group>
      )}
    </li>
  )
}
