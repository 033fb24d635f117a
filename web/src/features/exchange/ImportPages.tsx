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

function Report({ report }: { report: VaultReport }) {
  const { t } = useTranslation('exchange')
  return (
    <Stack gap="xs">
      {!report.dry_run && <Text role="status">{report.batch_id ? t('pages.done') : t('pages.nothing')}</Text>}
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
