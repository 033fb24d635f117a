/** Searching names and texts: hits with what they say, what they have in common, and how to ask for less. */
import { Alert, Anchor, Button, CloseButton, Group, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch, IconSearchOff } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import type { components } from '@/api/schema'
import type { EntityKind } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { kindIcons } from '@/features/canon/kinds'
import { Page } from '@/ui/Page'
import { Panel } from '@/ui/Panel'
import { Empty, Failed, Loading } from '@/ui/states'
import type { Hit } from './choices'
import { Pieces } from './Pieces'
import { searchQuery } from './queries'
import classes from './search.module.css'
import './strings'

const route = getRouteApi('/app/campaigns/$campaignId/search')
const from = '/campaigns/$campaignId/search'

export function SearchPage() {
  const { t } = useTranslation('search')
  const { campaignId } = useCampaign()
  const search = route.useSearch()
  const navigate = useNavigate({ from })
  const { history } = useRouter()
  const [text, setText] = useState(search.q ?? '')
  const [q] = useDebouncedValue(text.trim(), 200)
  const sent = useRef(search.q ?? '')
  useEffect(() => {
    // The palette, or the way back, asks for something else.
    if ((search.q ?? '') === sent.current) return
    sent.current = search.q ?? ''
    setText(sent.current)
  }, [search.q])
  useEffect(() => {
    const leaving = history.location.pathname !== `/campaigns/${campaignId}/search`
    if (leaving || q === sent.current) return
    sent.current = q
    void navigate({ search: (old) => ({ ...old, q: q || undefined }), replace: true })
  }, [q, navigate, history, campaignId])

  const narrowed = { ...(search.kind ? { kind: search.kind } : {}), ...(search.tag ? { tag: search.tag } : {}) }
  const asked = q !== '' || search.kind !== undefined || search.tag !== undefined
  const list = useInfiniteQuery({ ...searchQuery(campaignId, { q, ...narrowed }, 30), enabled: asked })
  const first = asked ? list.data?.pages[0] : undefined
  const hits = asked ? (list.data?.pages.flatMap((page) => page.items) ?? []) : []
  const filter = (part: { kind?: EntityKind; tag?: string }) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true })

  return (
    <Page title={t('page.title')}>
      <Title order={1} mb="md">
        {t('page.title')}
      </Title>
      <TextInput
        type="search"
        size="md"
        autoFocus
        aria-label={t('page.label')}
        placeholder={t('page.placeholder')}
        leftSection={<IconSearch size={18} />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        rightSection={text !== '' && <CloseButton onClick={() => setText('')} aria-label={t('page.clear')} />}
        mb="sm"
      />
      <div className={classes.split}>
        <div>
          {first && first.ignored.length > 0 && (
            <Alert variant="light" color="yellow" mb="sm" role="status">
              {t('page.ignored', { parts: first.ignored.join(' ') })}
            </Alert>
          )}
          {first?.did_you_mean && (
            <p role="status">
              <Trans
                t={t}
                i18nKey="page.did_you_mean"
                values={{ name: first.did_you_mean }}
                components={{
                  it: <Anchor component="button" type="button" onClick={() => setText(first.did_you_mean ?? '')} />,
                }}
              />
            </p>
          )}
          {!asked && (
            <Empty icon={<IconSearch size={40} stroke={1.3} />} title={t('page.start_title')}>
              {t('page.start_text')}
            </Empty>
          )}
          {asked && list.isPending && <Loading />}
          {asked && list.error && <Failed error={list.error} retry={() => void list.refetch()} />}
          {first && hits.length === 0 && (
            <Empty icon={<IconSearchOff size={40} stroke={1.3} />} title={t('page.none_title')}>
              {t('page.none_text')}
            </Empty>
          )}
          {first && hits.length > 0 && (
            <>
              <p className={classes.count} role="status">
                {first.more ? t('page.found_more', { count: first.total }) : t('page.found', { count: first.total })}
              </p>
              <ol className={classes.hits}>
                {hits.map((hit) => (
                  <li key={hit.id}>
                    <HitRow hit={hit} campaignId={campaignId} />
                  </li>
                ))}
              </ol>
              {list.hasNextPage && (
                <Button
                  variant="light"
                  mt="md"
                  loading={list.isFetchingNextPage}
                  onClick={() => void list.fetchNextPage()}
                >
                  {t('page.more')}
                </Button>
              )}
            </>
          )}
        </div>
        <div className={classes.facets}>
          {first && <FacetList facets={first.facets} kind={search.kind} tag={search.tag} filter={filter} />}
          {!asked && <Help />}
        </div>
      </div>
    </Page>
  )
}

function HitRow({ hit, campaignId }: { hit: Hit; campaignId: string }) {
  const { t } = useTranslation('search')
  const { t: common } = useTranslation()
  const Icon = kindIcons[hit.kind]
  return (
    <Link to="/campaigns/$campaignId/canon/$entityId" params={{ campaignId, entityId: hit.id }} className={classes.hit}>
      <span className={classes.title}>
        <Icon size={18} stroke={1.6} aria-hidden />
        <span className={classes.called}>{hit.name}</span>
        {hit.matched && <span className={classes.kind}>{t('palette.also', { name: hit.matched })}</span>}
        <span className={classes.kind}>
          {common(`kinds.${hit.kind}`)}
          {hit.why !== 'name' && ` · ${t(`why.${hit.why}`)}`}
        </span>
      </span>
      {hit.snippet.length > 0 && (
        <p className={classes.snippet}>
          <Pieces pieces={hit.snippet} />
        </p>
      )}
    </Link>
  )
}

function FacetList(props: {
  facets: components['schemas']['Facets']
  kind: EntityKind | undefined
  tag: string | undefined
  filter: (part: { kind?: EntityKind; tag?: string }) => void
}) {
  const { t } = useTranslation('search')
  const { t: common } = useTranslation()
  const { facets, kind, tag, filter } = props
  if (facets.kinds.length === 0 && !kind && !tag) return null
  // What is chosen can be let go, even when nothing is left.
  const kinds = facets.kinds.length > 0 || !kind ? facets.kinds : [{ value: kind, count: 0 }]
  const tags =
    facets.tags.some((one) => one.value === tag) || !tag ? facets.tags : [{ value: tag, count: 0 }, ...facets.tags]
  return (
    <Panel title={t('page.narrow')} padding="sm">
      <Group gap={2} role="group" aria-label={t('page.kinds')}>
        {kinds.map(({ value, count }) => (
          <button
            key={value}
            type="button"
            className={classes.facet}
            aria-pressed={value === kind}
            onClick={() => filter({ kind: value === kind ? undefined : (value as EntityKind) })}
          >
            <span>{common(`kinds_plural.${value as EntityKind}`)}</span>
            <span className={classes.count}>{count}</span>
          </button>
        ))}
      </Group>
      {tags.length > 0 && (
        <Group gap={2} mt="sm" role="group" aria-label={t('page.tags')}>
          {tags.slice(0, 12).map(({ value, count }) => (
            <button
              key={value}
              type="button"
              className={classes.facet}
              aria-pressed={value === tag}
              onClick={() => filter({ tag: value === tag ? undefined : value })}
            >
              <span>#{value}</span>
              <span className={classes.count}>{count}</span>
            </button>
          ))}
        </Group>
      )}
    </Panel>
  )
}

const examples = [
  ['words', 'old mill'],
  ['phrase', '"old mill"'],
  ['begin', 'lant*'],
  ['without', '-wheel'],
  ['kind', 'kind:item'],
  ['tag', 'tag:secret'],
  ['in', 'in:"the vale"'],
  ['by', 'by:ada'],
  ['dates', 'after:2026-01 before:2026-03'],
] as const

function Help() {
  const { t } = useTranslation('search')
  return (
    <Panel title={t('page.help')} padding="sm">
      <dl className={classes.help}>
        {examples.map(([key, example]) => (
          <div key={key} style={{ display: 'contents' }}>
            <dt>{example}</dt>
            <dd>{t(`help.${key}`)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
