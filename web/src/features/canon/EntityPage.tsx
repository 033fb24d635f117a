/** One entity: what it is, what is known about it, what it is tied to. */
import { Anchor, Badge, Breadcrumbs, Button, Grid, Group, Stack, Text, Title } from '@mantine/core'
import { IconHistory, IconPencil, IconPlus } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import { childrenQuery, entityQuery } from '@/api/queries'
import type { EntityOut } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { ViewAsButton } from '@/features/knowledge/ViewAs'
import { Backlinks } from '@/features/pages/Backlinks'
import { EditedBy } from '@/features/pages/EditedBy'
import { LockedFields } from '@/features/pages/Locks'
import { SuggestButton } from '@/features/proposals/SuggestButton'
import { OnMaps } from '@/features/world/OnMaps'
import { Confirm } from '@/ui/Confirm'
import { Media } from '@/ui/Media'
import { Page } from '@/ui/Page'
import { Panel } from '@/ui/Panel'
import { Loading, PageError } from '@/ui/states'
import { When } from '@/ui/time'
import { EntityRow } from './EntityList'
import classes from './EntityPage.module.css'
import { Facts } from './Facts'
import { FieldsView, hasFields } from './FieldsView'
import { MovePlace } from './MovePlace'
import { EntityLink } from './names'
import { Relationships } from './Relationships'
import { VisibilityBadge } from './VisibilityBadge'
import './strings'

const Prose = lazy(() => import('@/features/knowledge/Prose'))

export function EntityPage() {
  const { entityId } = useParams({ from: '/app/campaigns/$campaignId/canon/$entityId' })
  const { campaignId } = useCampaign()
  const entity = useQuery(entityQuery(campaignId, entityId))
  if (entity.isPending) return <Loading />
  if (entity.error) return <PageError error={entity.error} reset={() => void entity.refetch()} />
  return <Body key={entityId} entity={entity.data} />
}

function Body({ entity }: { entity: EntityOut }) {
  const { t } = useTranslation('canon')
  const { t: common } = useTranslation()
  const { campaignId, isGm } = useCampaign()
  return (
    <Page title={entity.name}>
      <Breadcrumbs mb="sm" separatorMargin={6} style={{ flexWrap: 'wrap' }}>
        <Anchor
          component={Link}
          to={`/campaigns/${campaignId}/canon` as '/campaigns'}
          search={{ kind: entity.kind, tree: entity.kind === 'location' || undefined } as never}
          size="sm"
        >
          {common(`kinds_plural.${entity.kind}`)}
        </Anchor>
        {entity.ancestors?.map((place) => (
          <EntityLink key={place.id} campaignId={campaignId} id={place.id} name={place.name} />
        ))}
        <Text size="sm" c="dimmed">
          {entity.name}
        </Text>
      </Breadcrumbs>
      <Group justify="space-between" align="flex-start" mb="lg">
        <div>
          <Group gap="sm">
            <Title order={1}>{entity.name}</Title>
            <VisibilityBadge visibility={entity.visibility} />
            {entity.subtype && (
              <Badge variant="light" color="gray">
                {t(`subtypes.${entity.subtype}`)}
              </Badge>
            )}
          </Group>
          {entity.aliases.length > 0 && (
            <Text c="dimmed" fs="italic">
              {t('entity.aliases', { names: entity.aliases.join(', ') })}
            </Text>
          )}
        </div>
        <SuggestButton entityId={entity.id} />
        {isGm && <Tools entity={entity} />}
      </Group>
      {isGm && <EditedBy entityId={entity.id} />}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack>
            {entity.summary && (
              <Text className="skald-serif" fz="1.25rem" lh={1.4}>
                {entity.summary}
              </Text>
            )}
            {entity.body && (
              <Suspense fallback={<Loading height={120} />}>
                <Prose>{entity.body}</Prose>
              </Suspense>
            )}
            {!entity.body && !entity.summary && <Text c="dimmed">{t('entity.no_body')}</Text>}
            {entity.kind === 'location' && <Inside entity={entity} />}
            <Facts entity={entity} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            {entity.portrait_id && (
              <Media
                id={entity.portrait_id}
                alt={t('entity.portrait', { name: entity.name })}
                className={classes.portrait}
              />
            )}
            {hasFields(entity) && (
              <Panel title={t('entity.details')} padding="sm">
                <FieldsView entity={entity} />
              </Panel>
            )}
            <OnMaps entity={entity} />
            <Relationships entity={entity} />
            <Backlinks entity={entity} />
            {entity.tags.length > 0 && (
              <Group gap={6} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
                {entity.tags.map((tag) => (
                  <li key={tag}>
                    <Badge
                      component={Link}
                      to={`/campaigns/${campaignId}/canon` as '/campaigns'}
                      search={{ tag } as never}
                      variant="default"
                      style={{ cursor: 'pointer' }}
                      tt="none"
                    >
                      {tag}
                    </Badge>
                  </li>
                ))}
              </Group>
            )}
            <Text size="sm" c="dimmed">
              {t('entity.updated')} <When at={entity.updated_at} />
            </Text>
            <LockedFields entity={entity} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  )
}

function Tools({ entity }: { entity: EntityOut }) {
  const { t } = useTranslation('canon')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const queries = useQueryClient()
  const navigate = useNavigate()
  return (
    <Group gap="xs">
      {entity.kind === 'location' && (
        <Button
          component={Link}
          to={`/campaigns/${campaignId}/canon/new` as '/campaigns'}
          search={{ kind: 'location', parent: entity.id } as never}
          variant="default"
          leftSection={<IconPlus size={16} />}
        >
          {common('kinds.location')}
        </Button>
      )}
      {entity.kind === 'location' && <MovePlace place={entity} />}
      <ViewAsButton />
      <Button
        component={Link}
        to={`/campaigns/${campaignId}/canon/${entity.id}/edit` as '/campaigns'}
        leftSection={<IconPencil size={16} />}
      >
        {common('actions.edit')}
      </Button>
      <Button
        component={Link}
        to={`/campaigns/${campaignId}/canon/${entity.id}/history` as '/campaigns'}
        variant="default"
        leftSection={<IconHistory size={16} />}
      >
        {t('entity.history')}
      </Button>
      <Confirm
        title={t('entity.delete_title', { name: entity.name })}
        text={t('entity.delete_text')}
        confirm={common('actions.delete')}
        onConfirm={async () => {
          const params = { path: { entity_id: entity.id }, header: ifMatch(entity.version) }
          await data(api.DELETE('/api/v1/entities/{entity_id}', { params }))
          await navigate({
            to: '/campaigns/$campaignId/canon',
            params: { campaignId },
            search: { kind: entity.kind, tree: entity.kind === 'location' || undefined },
          })
          queries.removeQueries({ queryKey: entityQuery(campaignId, entity.id).queryKey })
          await queries.invalidateQueries({ queryKey: ['campaign', campaignId] })
        }}
      >
        {common('actions.delete')}
      </Confirm>
    </Group>
  )
}

function Inside({ entity }: { entity: EntityOut }) {
  const { t } = useTranslation('canon')
  const { campaignId } = useCampaign()
  const children = useQuery(childrenQuery(campaignId, entity.id))
  if (!children.data || children.data.items.length === 0) return null
  return (
    <Panel title={t('entity.places_inside')} padding="sm">
      {children.data.items.map((place) => (
        <EntityRow key={place.id} entity={place} campaignId={campaignId} />
      ))}
    </Panel>
  )
}
