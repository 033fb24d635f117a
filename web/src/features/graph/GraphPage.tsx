/** The graph of ties: as a picture or a table, around somebody or of everybody, now or at a moment of the story. */
import { Button, Group, SegmentedControl, Select, Stack, Switch, Table, Text, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconTopologyStar3 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Moment } from '@/features/calendar/Moment'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { EntityLink, PickOne } from '@/features/canon/names'
import type { GraphSearch } from '@/router'
import { Page } from '@/ui/Page'
import { Empty, Failed, Loading } from '@/ui/states'
import { colourOf } from './colours'
import classes from './Graph.module.css'
import { Insights } from './Insights'
import { NodeCard } from './NodeCard'
import { analyticsQuery, type Graph, graphQuery, signed } from './queries'
import { Way, type WayFound } from './Way'
import './strings'

const GraphCanvas = lazy(() => import('./GraphCanvas').then(({ GraphCanvas }) => ({ default: GraphCanvas })))
const route = getRouteApi('/app/campaigns/$campaignId/graph')

export function GraphPage() {
  const { t } = useTranslation('graph')
  const { campaignId } = useCampaign()
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/campaigns/$campaignId/graph' })
  const set = (next: GraphSearch) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true })
  const [at] = useDebouncedValue(search.at, 250)
  const moment = at === undefined ? {} : { as_of: at }
  const filter = {
    ...(search.center ? { center: search.center, depth: search.depth ?? 2 } : {}),
    ...(search.kind ? { kind: search.kind } : {}),
    ...moment,
  }
  const graph = useQuery(graphQuery(campaignId, filter))
  const [coloured, setColoured] = useState(false)
  const figures = useQuery({ ...analyticsQuery(campaignId, moment), enabled: coloured })
  const [chosen, setChosen] = useState<string | null>(null)
  const [way, setWay] = useState<WayFound | null>(null)
  const groups = useMemo(
    () => (coloured && figures.data ? new Map(figures.data.central.map((one) => [one.node.id, one.community])) : null),
    [coloured, figures.data],
  )
  const shown = useMemo(() => (graph.data && way ? joined(graph.data, way) : graph.data), [graph.data, way])
  const lit = useMemo(
    () =>
      way && {
        nodes: new Set(way.nodes.map((node) => node.id)),
        edges: new Set(way.edges.map((edge) => edge.id)),
      },
    [way],
  )
  const node = shown?.nodes.find((one) => one.id === chosen)
  return (
    <Page title={t('title')}>
      <Group justify="space-between" align="flex-end" mb="md">
        <div>
          <Title order={1}>{t('title')}</Title>
          <Text c="dimmed">{t('lead')}</Text>
        </div>
        <SegmentedControl
          aria-label={t('view')}
          value={search.table ? 'table' : 'picture'}
          onChange={(value) => set({ table: value === 'table' || undefined })}
          data={[
            { value: 'picture', label: t('picture') },
            { value: 'table', label: t('table') },
          ]}
        />
      </Group>
      <div className={classes.split}>
        <div>
          <Filters search={search} set={set} graph={graph.data} />
          {graph.error && <Failed error={graph.error} retry={() => void graph.refetch()} />}
          {graph.isPending && <Loading height="50vh" />}
          {shown?.edges.length === 0 && !search.center && (
            <Empty icon={<IconTopologyStar3 size={40} stroke={1.3} />} title={t('empty_title')}>
              {t('empty_text')}
            </Empty>
          )}
          {shown && (shown.edges.length > 0 || search.center) && search.table && <Ties graph={shown} />}
          {shown && (shown.edges.length > 0 || search.center) && !search.table && (
            <div className={classes.stage}>
              <Text size="sm" c="dimmed" mb={4}>
                {t('canvas', { nodes: shown.nodes.length, edges: shown.edges.length })}
              </Text>
              <Suspense fallback={<Loading height="60vh" />}>
                <GraphCanvas
                  graph={shown}
                  way={lit}
                  chosen={chosen}
                  center={search.center ?? null}
                  groups={groups}
                  onChoose={setChosen}
                />
              </Suspense>
              {node && (
                <NodeCard
                  node={node}
                  graph={shown}
                  close={() => setChosen(null)}
                  focus={() => {
                    setWay(null)
                    set({ center: node.id })
                  }}
                />
              )}
              <Legend graph={shown} />
              <Switch
                mt="sm"
                label={t('communities.colour')}
                checked={coloured}
                onChange={(event) => setColoured(event.currentTarget.checked)}
              />
            </div>
          )}
          {shown?.truncated && (
            <Text size="sm" c="dimmed" mt="xs">
              {t('truncated')}
            </Text>
          )}
        </div>
        <Stack>
          <Way as_of={at} found={way} onFound={setWay} />
          <Insights as_of={at} onChoose={(id) => set({ center: id })} />
        </Stack>
      </div>
    </Page>
  )
}

/** The graph with a way whose parts may lie outside of it. */
function joined(graph: Graph, way: WayFound): Graph {
  const nodes = new Map([...graph.nodes, ...way.nodes].map((node) => [node.id, node]))
  const edges = new Map([...graph.edges, ...way.edges].map((edge) => [edge.id, edge]))
  return { ...graph, nodes: [...nodes.values()], edges: [...edges.values()] }
}

interface FiltersProps {
  search: GraphSearch
  set: (next: GraphSearch) => void
  graph: Graph | undefined
}

function Filters({ search, set, graph }: FiltersProps) {
  const { t } = useTranslation('graph')
  const { campaignId } = useCampaign()
  const kinds = [...new Set([...(graph?.edges.map((edge) => edge.kind) ?? []), ...(search.kind ? [search.kind] : [])])]
  return (
    <Stack gap="xs" mb="md">
      <Group align="flex-end" gap="sm">
        <PickOne
          campaignId={campaignId}
          label={t('center')}
          placeholder={t('center_all')}
          value={search.center ?? null}
          onChange={(center) => set({ center: center ?? undefined })}
        />
        {search.center && (
          <SegmentedControl
            aria-label={t('depth')}
            value={String(search.depth ?? 2)}
            onChange={(depth) => set({ depth: Number(depth) })}
            data={[1, 2, 3, 4].map((count) => ({ value: String(count), label: t('depth_n', { count }) }))}
          />
        )}
        <Select
          label={t('kind')}
          placeholder={t('kind_all')}
          data={kinds.sort()}
          value={search.kind ?? null}
          onChange={(kind) => set({ kind: kind ?? undefined })}
          searchable
          clearable
        />
      </Group>
      <Moment at={search.at} onChange={(at) => set({ at })} label={t('as_of')} then={t('then')} now={t('now')} />
    </Stack>
  )
}

function Legend({ graph }: { graph: Graph }) {
  const { t } = useTranslation('graph')
  const { t: common } = useTranslation()
  const kinds = [...new Set(graph.nodes.map((node) => node.kind))]
  return (
    <ul className={classes.legend} aria-label={t('legend')}>
      {kinds.map((kind) => (
        <li key={kind}>
          <i style={{ background: colourOf(kind) }} />
          {common(`kinds.${kind}`)}
        </li>
      ))}
      {(['good', 'neutral', 'bad'] as const).map((mood) => (
        <li key={mood}>
          <i
            data-line
            style={{ background: mood === 'neutral' ? 'var(--mantine-color-dimmed)' : `var(--skald-${mood})` }}
          />
          {t(mood)}
        </li>
      ))}
    </ul>
  )
}

const ROWS = 100

function Ties({ graph }: { graph: Graph }) {
  const { t } = useTranslation('graph')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const [rows, setRows] = useState(ROWS)
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]))
  const name = (id: string) => names.get(id) ?? '…'
  const edges = [...graph.edges].sort(
    (a, b) => name(a.from_id).localeCompare(name(b.from_id)) || name(a.to_id).localeCompare(name(b.to_id)),
  )
  return (
    <div className={classes.scroll}>
      <Table striped aria-label={t('title')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('from')}</Table.Th>
            <Table.Th>{t('tie')}</Table.Th>
            <Table.Th>{t('to')}</Table.Th>
            <Table.Th ta="end">{t('strength')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {edges.slice(0, rows).map((edge) => (
            <Table.Tr key={edge.id}>
              <Table.Td>
                <EntityLink campaignId={campaignId} id={edge.from_id} name={name(edge.from_id)} />
              </Table.Td>
              <Table.Td>
                {edge.kind.replaceAll('_', ' ')}
                {edge.symmetric && ' ↔'}
              </Table.Td>
              <Table.Td>
                <EntityLink campaignId={campaignId} id={edge.to_id} name={name(edge.to_id)} />
              </Table.Td>
              <Table.Td ta="end">{signed(edge.strength)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {edges.length > rows && (
        <Button variant="default" mt="sm" onClick={() => setRows(rows + ROWS)}>
          {common('actions.more')}
        </Button>
      )}
    </div>
  )
}
