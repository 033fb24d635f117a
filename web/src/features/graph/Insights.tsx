/** Who stands in the middle, and who belongs together. */
import { Anchor, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { Panel } from '@/ui/Panel'
import { Failed } from '@/ui/states'
import { groupColour } from './colours'
import classes from './Graph.module.css'
import { analyticsQuery } from './queries'

export function Insights({ as_of, onChoose }: { as_of: number | undefined; onChoose: (id: string) => void }) {
  const { t } = useTranslation('graph')
  const { campaignId } = useCampaign()
  const figures = useQuery(analyticsQuery(campaignId, as_of === undefined ? {} : { as_of }))
  if (figures.error) return <Failed error={figures.error} retry={() => void figures.refetch()} />
  if (!figures.data || figures.data.central.length === 0) return null
  return (
    <>
      <Panel title={t('central.title')} padding="sm">
        <Text size="sm" c="dimmed" mb="xs">
          {t('central.hint')}
        </Text>
        <ol className={classes.plain}>
          {figures.data.central.slice(0, 8).map((one) => (
            <li key={one.node.id}>
              <Group justify="space-between" wrap="nowrap" gap="xs">
                <Anchor component="button" type="button" size="sm" ta="start" onClick={() => onChoose(one.node.id)}>
                  {one.node.name}
                </Anchor>
                <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
                  {t('central.ties', { count: one.degree })}
                  {one.betweenness >= 0.01 &&
                    ` · ${t('central.between', { percent: Math.round(one.betweenness * 100) })}`}
                </Text>
              </Group>
            </li>
          ))}
        </ol>
      </Panel>
      {figures.data.communities.length > 0 && (
        <Panel title={t('communities.title')} padding="sm">
          <ul className={classes.plain}>
            {figures.data.communities.slice(0, 6).map((group) => (
              <li key={group.number} style={{ marginBottom: 8 }}>
                <Text size="sm" fw={600}>
                  <span
                    aria-hidden
                    style={{
                      display: 'inline-block',
                      width: 11,
                      height: 11,
                      marginInlineEnd: 7,
                      borderRadius: '50%',
                      background: groupColour(group.number),
                    }}
                  />
                  {t('communities.group', { n: group.number + 1 })} · {t('communities.size', { count: group.size })}
                </Text>
                <Text size="sm" c="dimmed">
                  {group.members.map((member) => member.name).join(', ')}
                  {group.size > group.members.length && ' …'}
                </Text>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  )
}
