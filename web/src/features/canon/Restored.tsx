/** Says that unsaved text is back, and offers to throw it away. */
import { Alert, Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

export function Restored({ discard }: { discard: () => void }) {
  const { t } = useTranslation('canon')
  return (
    <Alert color="brass" mb="md" role="status">
      <Group justify="space-between">
        <Text size="sm">{t('form.restored')}</Text>
        <Button size="xs" variant="default" onClick={discard}>
          {t('form.discard')}
        </Button>
      </Group>
    </Alert>
  )
}
