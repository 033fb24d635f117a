/** Light, dark, or as the system says. */
import { SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Panel } from '@/ui/Panel'
import './strings'

export function AppearancePage() {
  const { t } = useTranslation('access')
  const { t: common } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Panel title={t('appearance.scheme')}>
      <Stack align="flex-start" gap="xs">
        <SegmentedControl
          value={colorScheme}
          onChange={(value) => setColorScheme(value as typeof colorScheme)}
          aria-label={common('theme.label')}
          data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: common(`theme.${value}`) }))}
        />
        <Text size="sm" c="dimmed">
          {t('appearance.hint')}
        </Text>
      </Stack>
    </Panel>
  )
}
