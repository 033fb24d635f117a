/** Who was clicked in the graph, and their ties there. */
import { Anchor, Button, CloseButton, Group, Text } from '@mantine/core'
import { IconFocusCentered } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useCampaign } from '@/features/campaigns/useCampaign'
import classes from './Graph.module.css'
import { type Graph, type GraphNode, signed } from './queries'

export function NodeCard(props: { node: GraphNode; graph: Graph; close: () => void; focus: () => void }) {
  const { node, graph } = props
  const { t } = useTranslation('graph')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const names = new Map(graph.nodes.map((one) => [one.id, one.name]))
  const ties = graph.edges.filter((edge) => edge.from_id === node.id || edge.to_id === node.id)
  return (
    <section className={classes.card} aria-label={node.name}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Text fw={600} className="skald-serif" fz="lg">
            {node.name}
          </Text>
          <Text size="sm" c="dimmed">
            {common(`kinds.${node.kind}`)}
          </Text>
        </div>
        <CloseButton aria-label={common('actions.close')} onClick={props.close} />
      </Group>
      <ul className={classes.ties} aria-label={t('ties_of')}>
        {ties.map((edge) => (
          <li key={edge.id}>
            <Text size="sm" span>
              {edge.from_id === node.id
                ? `${edge.kind.replaceAll('_', ' ')} → ${names.get(edge.to_id) ?? '…'}`
                : `${names.get(edge.from_id) ?? '…'} → ${edge.kind.replaceAll('_', ' ')}`}{' '}
              <b>{signed(edge.strength)}</b>
            </Text>
          </li>
        ))}
      </ul>
      <Group gap="sm">
        <Anchor component={Link} to={`/campaigns/${campaignId}/canon/${node.id}` as '/campaigns'} size="sm" fw={600}>
          {t('open')}
        </Anchor>
        <Button size="compact-sm" variant="light" leftSection={<IconFocusCentered size={14} />} onClick={props.focus}>
          {t('focus')}
        </Button>
      </Group>
    </section>
  )
}
