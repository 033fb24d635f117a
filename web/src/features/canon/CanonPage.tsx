/** The canon: kinds, search, list or tree. */
import { Button, CloseButton, Group, Pill, SegmentedControl, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { useQueries } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { countQuery } from '@/api/queries'
import type { EntityKind } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { Page } from '@/ui/Page'
import classes from './CanonPage.module.css'
import { EntityList } from './EntityList'
import { kindIcons, kinds } from './kinds'
import { LocationTree } from './LocationTree'
import './strings'

const route = getRouteApi('/app/campaigns/$campaignId/canon')

export function CanonPage() {
  const { t } = useTranslation('canon')
  const { t: common } = useTranslation()
  const { campaignId, isGm } = useCampaign()
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/campaigns/$campaignId/canon' })
  const { history } = useRouter()
  const [text, setText] = useState(search.q ?? '')
  const [q] = useDebouncedValue(text.trim(), 250)
  const counts = useQueries({ queries: kinds.map((kind) => countQuery(campaignId, kind)) })

  useEffect(() => {
    // Whoever has already followed a link must not be brought back by what was typed just before.
    const leaving = history.location.pathname !== `/campaigns/${campaignId}/canon`
    if (leaving || q === (search.q ?? '')) return
    void navigate({ search: (old) => ({ ...old, q: q || undefined }), replace: true })
  }, [q, search.q, navigate, history, campaignId])

  const tree = search.kind === 'location' && search.tree !== undefined && !q && !search.tag
  return (
    <Page title={t('page.title')}>
      <Group justify="space-between" mb="md">
        <Title order={1}>{t('page.title')}</Title>
        {isGm && (
          <Button
            component={Link}
            to={`/campaigns/${campaignId}/canon/new` as '/campaigns'}
            search={(search.kind ? { kind: search.kind } : {}) as never}
            leftSection={<IconPlus size={16} />}
          >
            {search.kind ? t('page.new', { kind: common(`kinds.${search.kind}`).toLowerCase() }) : t('page.new_any')}
          </Button>
        )}
      </Group>
      <div className={classes.split}>
        <nav aria-label={t('page.kinds')} className={classes.kinds}>
          <KindLink label={t('page.all')} active={!search.kind} campaignId={campaignId} q={q} />
          {kinds.map((kind, i) => (
            <KindLink
              key={kind}
              kind={kind}
              label={common(`kinds_plural.${kind}`)}
              count={counts[i]?.data}
              active={search.kind === kind}
              campaignId={campaignId}
              q={q}
            />
          ))}
        </nav>
        <div className={classes.content}>
          <Group mb="sm" wrap="nowrap" gap="xs">
            <TextInput
              flex={1}
              type="search"
              aria-label={t('page.search')}
              placeholder={t('page.search')}
              leftSection={<IconSearch size={16} />}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              rightSection={
                text !== '' && <CloseButton size="sm" onClick={() => setText('')} aria-label={t('page.clear')} />
              }
            />
            {search.kind === 'location' && !q && (
              <SegmentedControl
                aria-label={t('page.view')}
                value={tree ? 'tree' : 'list'}
                onChange={(value) =>
                  void navigate({ search: (old) => ({ ...old, tree: value === 'tree' || undefined }), replace: true })
                }
                data={(['tree', 'list'] as const).map((value) => ({ value, label: t(`page.${value}`) }))}
              />
            )}
          </Group>
          {search.tag && (
            <Pill
              mb="sm"
              withRemoveButton
              onRemove={() => void navigate({ search: (old) => ({ ...old, tag: undefined }) })}
              removeButtonProps={{ 'aria-label': t('page.clear') }}
            >
              {t('page.clear_tag', { tag: search.tag })}
            </Pill>
          )}
          {tree ? (
            <LocationTree />
          ) : (
            <EntityList
              filter={{
                ...(search.kind ? { kind: search.kind } : {}),
                ...(search.q ? { q: search.q } : {}),
                ...(search.tag ? { tag: search.tag } : {}),
              }}
            />
          )}
        </div>
      </div>
    </Page>
  )
}

function KindLink(props: {
  kind?: EntityKind
  label: string
  count?: number
  active: boolean
  campaignId: string
  q: string
}) {
  const Icon = props.kind ? kindIcons[props.kind] : kindIcons.all
  return (
    <Link
      to="/campaigns/$campaignId/canon"
      params={{ campaignId: props.campaignId }}
      search={{ kind: props.kind, q: props.q || undefined, tree: props.kind === 'location' || undefined }}
      className={classes.kind}
      data-active={props.active || undefined}
      aria-current={props.active ? 'page' : undefined}
    >
      <Icon size={18} stroke={1.6} aria-hidden />
      <span>{props.label}</span>
      <span className={classes.count}>{props.count ?? ''}</span>
    </Link>
  )
}
