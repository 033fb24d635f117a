/** A campaign from an archive: look inside first, then import; both go on in the background and can be cancelled. */
import { Alert, Button, Group, List, Modal, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconFileImport } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ImportReport } from '@/api/types'
import { When } from '@/ui/time'
import { FileSteps } from './FileSteps'
import { useFileJob } from './useFileJob'
import './strings'

export function ImportCampaign() {
  const { t } = useTranslation('exchange')
  const [opened, { open, close }] = useDisclosure(false)
  return (
    <>
      <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={open}>
        {t('import.open')}
      </Button>
      <Modal opened={opened} onClose={close} title={t('import.title')} closeOnClickOutside={false}>
        {opened && <Body close={close} />}
      </Modal>
    </>
  )
}

function Body({ close }: { close: () => void }) {
  const { t } = useTranslation('exchange')
  const queries = useQueryClient()
  const reading = useFileJob<ImportReport>('/api/v1/campaigns/import', () => {
    void queries.invalidateQueries({ queryKey: ['campaigns'] })
  })
  const made = reading.report?.campaign_id
  return (
    <FileSteps
      reading={reading}
      close={close}
      text={t('import.text')}
      label={t('import.file')}
      go={t('import.go')}
      done={
        made && (
          <Button renderRoot={(props) => <Link to="/campaigns/$campaignId" params={{ campaignId: made }} {...props} />}>
            {t('import.enter')}
          </Button>
        )
      }
    >
      {reading.report && <Report report={reading.report} />}
    </FileSteps>
  )
}

const counted = ['entities', 'facts', 'relationships', 'maps', 'sessions', 'entries'] as const

function Report({ report }: { report: ImportReport }) {
  const { t } = useTranslation('exchange')
  return (
    <Stack gap="xs">
      {report.campaign_id ? (
        <Title order={3}>{t('import.done', { name: report.archived?.name })}</Title>
      ) : (
        <>
          <Title order={3}>{report.archived?.name}</Title>
          {report.made_at && (
            <Group gap={6}>
              <Text size="sm" c="dimmed">
                {t('import.made_at')}
              </Text>
              <When at={report.made_at} />
            </Group>
          )}
        </>
      )}
      <List size="sm">
        {counted
          .filter((table) => (report.rows[table] ?? 0) > 0)
          .map((table) => (
            <List.Item key={table}>{t(`import.tables.${table}`, { count: report.rows[table] ?? 0 })}</List.Item>
          ))}
        {report.pictures > 0 && <List.Item>{t('import.pictures', { count: report.pictures })}</List.Item>}
      </List>
      {report.warnings.length > 0 && (
        <Alert color="orange" title={t('import.warnings')}>
          <List size="sm">
            {report.warnings.map((warning) => (
              <List.Item key={warning}>{warning}</List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  )
}
