/** Choosing a file, looking inside, and then reading it for good. */
import { Alert, Button, FileInput, Group, Progress, Stack, Text } from '@mantine/core'
import { IconFileZip } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { JobOut } from '@/api/types'
import type words from '@/i18n/en/exchange.json'
import { Failed } from '@/ui/states'
import type { FileJob } from './useFileJob'
import './strings'

interface FileStepsProps {
  reading: FileJob<{ dry_run: boolean }>
  close: () => void
  text: string
  label: string
  /** What reading it for good is called. */
  go: string
  /** Whether looking inside has shown that there is nothing to do. */
  nothing?: boolean
  /** Where to go once it is done. */
  done: ReactNode
  /** The report. */
  children: ReactNode
}

export function FileSteps({ reading, close, text, label, go, nothing, done, children }: FileStepsProps) {
  const { t } = useTranslation('exchange')
  const { t: common } = useTranslation()
  const [file, setFile] = useState<File | null>(null)
  const looked = reading.report?.dry_run === true
  const over = reading.report !== null && !looked
  return (
    <Stack>
      {!over && (
        <>
          <Text size="sm">{text}</Text>
          <FileInput
            label={label}
            placeholder={t('import.placeholder')}
            accept=".zip,application/zip"
            leftSection={<IconFileZip size={16} />}
            value={file}
            onChange={(chosen) => {
              setFile(chosen)
              reading.forget()
            }}
            disabled={reading.busy}
            clearable
            clearButtonProps={{ 'aria-label': common('actions.remove') }}
          />
        </>
      )}
      {reading.busy && <Going sent={reading.sent} job={reading.job} />}
      {reading.error ? <Failed error={reading.error} /> : null}
      {reading.problem && (
        <Alert color="blood" role="alert">
          {reading.problem}
        </Alert>
      )}
      {reading.cancelled && <Text role="status">{t('import.cancelled')}</Text>}
      {children}
      <Group justify="flex-end">
        <Button variant="default" onClick={reading.busy ? () => void reading.cancel() : close}>
          {reading.busy ? common('actions.cancel') : common('actions.close')}
        </Button>
        {over ? (
          done
        ) : (
          <Button
            disabled={!file || reading.busy || nothing}
            loading={reading.busy}
            onClick={() => file && reading.start(file, !looked)}
          >
            {looked ? go : t('import.check')}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

interface Progressing {
  phase?: keyof (typeof words)['import']['phases']
  done?: number
  total?: number
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
