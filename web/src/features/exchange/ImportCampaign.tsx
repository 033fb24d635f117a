/** A campaign from an archive: look inside first, then import; both go on in the background and can be cancelled. */
import { Alert, Button, FileInput, Group, List, Modal, Progress, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconFileImport, IconFileZip } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import type { ImportReport, JobOut } from '@/api/types'
import { type Sending, sendFile } from '@/api/upload'
import { Failed } from '@/ui/states'
import { When } from '@/ui/time'
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

interface Progressing {
  phase?: keyof typeof import('@/i18n/en/exchange.json')['import']['phases']
  done?: number
  total?: number
}

const over = (job: JobOut | undefined) => job !== undefined && job.state !== 'waiting' && job.state !== 'running'

function Body({ close }: { close: () => void }) {
  const { t } = useTranslation('exchange')
  const { t: common } = useTranslation()
  const queries = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const [sent, setSent] = useState<number | null>(null)
  const [jobId, setJobId] = useState<string | null>(null)
  const sending = useRef<Sending<{ job_id: string }> | null>(null)
  const job = useQuery({
    queryKey: ['job', jobId],
    enabled: jobId !== null,
    queryFn: async () => {
      const found = await data(api.GET('/api/v1/jobs/{job_id}', { params: { path: { job_id: jobId ?? '' } } }))
      if (over(found)) void queries.invalidateQueries({ queryKey: ['campaigns'] })
      return found
    },
    refetchInterval: (query) => (over(query.state.data) ? false : 500),
  })
  const start = useMutation({
    mutationFn: async (dryRun: boolean) => {
      if (!file) return
      setJobId(null)
      setSent(0)
      sending.current = sendFile(`/api/v1/campaigns/import?dry_run=${dryRun}`, file, setSent)
      setJobId((await sending.current.done).job_id)
    },
    onSettled: () => setSent(null),
  })
  const cancel = async () => {
    sending.current?.cancel()
    if (jobId) {
      await data(api.POST('/api/v1/jobs/{job_id}/cancel', { params: { path: { job_id: jobId } } }))
      await job.refetch()
    }
  }
  const busy = sent !== null || (jobId !== null && !over(job.data) && !job.error)
  const report = over(job.data) ? (job.data?.result as ImportReport | null | undefined) : null
  const problem = report?.problem ?? (job.data?.state === 'failed' ? job.data.error : null)
  const aborted = start.error instanceof DOMException && start.error.name === 'AbortError'
  return (
    <Stack>
      {!report?.campaign_id && (
        <>
          <Text size="sm">{t('import.text')}</Text>
          <FileInput
            label={t('import.file')}
            placeholder={t('import.placeholder')}
            accept=".zip,application/zip"
            leftSection={<IconFileZip size={16} />}
            value={file}
            onChange={(chosen) => {
              setFile(chosen)
              setJobId(null)
              start.reset()
            }}
            disabled={busy}
            clearable
            clearButtonProps={{ 'aria-label': common('actions.remove') }}
          />
        </>
      )}
      {busy && <Going sent={sent} job={job.data} />}
      {start.error && !aborted && <Failed error={start.error} />}
      {job.error && <Failed error={job.error} retry={() => void job.refetch()} />}
      {problem && (
        <Alert color="blood" role="alert">
          {problem}
        </Alert>
      )}
      {(aborted || job.data?.state === 'cancelled') && !busy && <Text role="status">{t('import.cancelled')}</Text>}
      {report && !report.problem && <Report report={report} />}
      <Group justify="flex-end">
        {busy ? (
          <Button variant="default" onClick={() => void cancel()}>
            {common('actions.cancel')}
          </Button>
        ) : (
          <Button variant="default" onClick={close}>
            {common('actions.close')}
          </Button>
        )}
        {report?.campaign_id ? (
          <Button
            renderRoot={(props) => (
              <Link to="/campaigns/$campaignId" params={{ campaignId: report.campaign_id ?? '' }} {...props} />
            )}
          >
            {t('import.enter')}
          </Button>
        ) : (
          <Button
            disabled={!file || busy}
            loading={busy}
            onClick={() => start.mutate(!(report?.dry_run && !report.problem))}
          >
            {report?.dry_run && !report.problem ? t('import.go') : t('import.check')}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

function Going({ sent, job }: { sent: number | null; job: JobOut | undefined }) {
  const { t } = useTranslation('exchange')
  const { phase = 'waiting', done = 0, total = 0 } = (job?.progress ?? {}) as Progressing
  const part = sent ?? (total > 0 ? done / total : 1)
  const word = sent === null ? t(`import.phases.${phase}`) : t('import.sending')
  return (
    <div role="status">
      <Text size="sm" mb={4}>
        {word}
      </Text>
      <Progress value={part * 100} animated={sent === null && total === 0} aria-label={word} />
    </div>
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
