/** The shortest way from one to another, over ties that the viewer may know. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { EntityLink, PickOne } from '@/features/canon/names'
import { Panel } from '@/ui/Panel'
import { Failed } from '@/ui/states'
import classes from './Graph.module.css'
import { type GraphEdge, type GraphNode, pathQuery, signed } from './queries'

export interface WayFound {
  found: boolean
  nodes: GraphNode[]
  edges: GraphEdge[]
}

interface WayProps {
  as_of: number | undefined
  found: WayFound | null
  onFound: (way: WayFound | null) => void
}

export function Way({ as_of, found, onFound }: WayProps) {
  const { t } = useTranslation('graph')
  const { campaignId } = useCampaign()
  const queries = useQueryClient()
  const [from, setFrom] = useState<string | null>(null)
  const [to, setTo] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a way of another moment is not shown
  useEffect(() => onFound(null), [as_of])
  async function find() {
    if (!from || !to) return
    setBusy(true)
    setError(null)
    try {
      onFound(await queries.fetchQuery(pathQuery(campaignId, { from, to, ...(as_of === undefined ? {} : { as_of }) })))
    } catch (reason) {
      setError(reason)
      onFound(null)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Panel title={t('path.title')} padding="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void find()
        }}
      >
        <Stack gap="xs">
          <PickOne campaignId={campaignId} label={t('path.from')} value={from} onChange={setFrom} />
          <PickOne campaignId={campaignId} label={t('path.to')} value={to} onChange={setTo} />
          <Group gap="xs">
            <Button type="submit" variant="light" loading={busy} disabled={!from || !to}>
              {t('path.find')}
            </Button>
            {found && (
              <Button variant="subtle" onClick={() => onFound(null)}>
                {t('path.clear')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
      {error !== null && <Failed error={error as Error} />}
      <div role="status">
        {found && !found.found && (
          <Text size="sm" mt="sm">
            {t('path.none')}
          </Text>
        )}
        {found?.found && (
          <>
            <Text size="sm" mt="sm" c="dimmed">
              {t('path.found', { count: found.edges.length })}
            </Text>
            <ol className={classes.plain}>
              {found.nodes.map((node, i) => {
                const edge = found.edges[i]
                return (
                  <li key={node.id}>
                    <EntityLink campaignId={campaignId} id={node.id} name={node.name} />
                    {edge && (
                      <Text size="sm" c="dimmed" ps="md">
                        {edge.from_id === node.id ? '↓' : '↑'} {edge.kind.replaceAll('_', ' ')} {signed(edge.strength)}
                      </Text>
                    )}
                  </li>
                )
              })}
            </ol>
          </>
        )}
      </div>
    </Panel>
  )
}
