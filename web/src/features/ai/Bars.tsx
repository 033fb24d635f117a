/** Small bars: days beside each other, parts below each other. What they show is also there as text. */
import { Box, Group, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './Bars.module.css'

export interface Bar {
  key: string
  label: string
  value: number
  shown: string
}

const HEIGHT = 100

/** One upright bar for each day, gaps included. */
export function DayBars({ bars }: { bars: Bar[] }) {
  const { t } = useTranslation('ai')
  const most = Math.max(...bars.map((bar) => bar.value), 1)
  return (
    <div>
      <svg
        className={classes.days}
        viewBox={`0 0 ${bars.length * 10} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {bars.map((bar, index) => {
          const height = bar.value === 0 ? 0 : Math.max((bar.value / most) * HEIGHT, 2)
          return (
            <rect
              key={bar.key}
              className={classes.bar}
              x={index * 10 + 1}
              y={HEIGHT - height}
              width={8}
              height={height}
            >
              <title>{`${bar.label}: ${bar.shown}`}</title>
            </rect>
          )
        })}
        <line
          className={classes.axis}
          x1={0}
          x2={bars.length * 10}
          y1={HEIGHT}
          y2={HEIGHT}
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      <Group justify="space-between" mt={4} aria-hidden="true">
        <Text size="xs" c="dimmed">
          {bars[0]?.label}
        </Text>
        <Text size="xs" c="dimmed">
          {bars.at(-1)?.label}
        </Text>
      </Group>
      <VisuallyHidden>
        <Table>
          <Table.Caption>{t('usage.by.day')}</Table.Caption>
          <Table.Tbody>
            {bars
              .filter((bar) => bar.value > 0)
              .map((bar) => (
                <Table.Tr key={bar.key}>
                  <Table.Th scope="row">{bar.label}</Table.Th>
                  <Table.Td>{bar.shown}</Table.Td>
                </Table.Tr>
              ))}
          </Table.Tbody>
        </Table>
      </VisuallyHidden>
    </div>
  )
}

/** One lying bar for each part, the longest first. */
export function PartBars({ bars }: { bars: Bar[] }) {
  const most = Math.max(...bars.map((bar) => bar.value), 1)
  return (
    <Stack component="ul" gap="sm" p={0} m={0}>
      {bars.map((bar) => (
        <li key={bar.key} style={{ listStyle: 'none' }}>
          <Group justify="space-between" gap="xs" mb={4}>
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {bar.label}
            </Text>
            <Text size="sm" c="dimmed">
              {bar.shown}
            </Text>
          </Group>
          <Box className={classes.track}>
            <Box className={classes.part} w={`${(bar.value / most) * 100}%`} />
          </Box>
        </li>
      ))}
    </Stack>
  )
}

/** How much of a limit is spent, and how much of the rest is reserved. */
export function LimitBar({ spent, reserved, limit }: { spent: number; reserved: number; limit: number }) {
  const part = (value: number) => `${Math.min(100, limit === 0 ? 100 : (value / limit) * 100)}%`
  return (
    <Group className={classes.track} gap={0} wrap="nowrap" aria-hidden="true">
      <Box className={`${classes.part} ${spent >= limit ? classes.full : ''}`} w={part(spent)} />
      {reserved > 0 && <Box className={classes.reserved} w={part(reserved)} />}
    </Group>
  )
}
