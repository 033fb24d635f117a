/** A quiet surface with an optional heading row. */
import { Box, Group, type MantineSpacing, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import classes from './Panel.module.css'

interface PanelProps {
  title?: ReactNode
  order?: 2 | 3
  action?: ReactNode
  children: ReactNode
  padding?: MantineSpacing
  tone?: 'plain' | 'secret'
}

export function Panel({ title, order = 2, action, children, padding = 'md', tone = 'plain' }: PanelProps) {
  const id = useId()
  return (
    <Box
      component="section"
      className={classes.panel}
      data-tone={tone}
      p={padding}
      aria-labelledby={title ? id : undefined}
    >
      {title && (
        <Group justify="space-between" mb="sm" wrap="nowrap" align="flex-start">
          <Title order={order} size="h3" id={id}>
            {title}
          </Title>
          {action}
        </Group>
      )}
      {children}
    </Box>
  )
}
