/** Markdown pages into the canon: what is new or differs becomes suggestions. */
import { Alert, Button, List, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconFileImport } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { VaultReport } from '@/api/types'
import { FileSteps } from './FileSteps'
import { useFileJob } from './useFileJob'
import './strings'

export function ImportPages({ campaignId }: { campaignId: string }) {
  const { t } = useTranslation('exchange')
  const [opened, { open, close }] = useDisclosure(false)
  return (
    <>
      <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={open}>
        {t('pages.open')}
      </Button>
      <Modal opened={opened} onClose={close} title={t('pages.title')} closeOnClickOutside={false}>
        {opened && <Body campaignId={campaignId} close={close} />}
      </Modal>
    </>
  )
}

function Body({ campaignId, close }: { campaignId: string; close: () => void }) {
  const { t } = useTranslation('exchange')
  const queries = useQueryClient()
  const reading = useFileJob<VaultReport>(`/api/v1/campaigns/${campaignId}/import`, () => {
    void queries.invalidateQueries({ queryKey: ['campaign', campaignId] })
  })
  return (
    <FileSteps
      reading={reading}
      close={close}
      text={t('pages.text')}
      label={t('pages.file')}
      go={t('pages.go')}
      nothing={reading.report !== null && changes(reading.report) === 0}
      done={
        reading.report?.batch_id && (
          <Button
            renderRoot={(props) => <Link to="/campaigns/$campaignId/proposals" params={{ campaignId }} {...props} />}
          >
            {t('pages.enter')}
          </Button>
        )
      }
    >
      {reading.report && <Report report={reading.report} />}
    </FileSteps>
  )
}

const counted = ['pages', 'unchanged', 'new_entities', 'changed_entities', 'facts', 'ties'] as const

const changes = (report: VaultReport) => report.new_entities + report.changed_entities + report.facts + report.ties

function Report({ report }: { report: VaultReport }) {
  const { t } = useTranslation('exchange')
  return (
    <Stack gap="xs">
      {changes(report) === 0 && <Text role="status">{t('pages.nothing')}</Text>}
      {report.batch_id && <Text role="status">{t('pages.done')}</Text>}
      <List size="sm">
        {counted
          .filter((what) => report[what] > 0)
          .map((what) => (
            <List.Item key={what}>{t(`pages.counts.${what}`, { count: report[what] })}</List.Item>
          ))}
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
