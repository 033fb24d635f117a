/** The campaign as one file. It is written while it is sent, so nobody knows its size before the end. */
import { Button, Group, Text } from '@mantine/core'
import { IconDownload, IconMarkdown } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/api/client'
import { ApiError, toProblem } from '@/api/problem'
import { told } from '@/ui/notify'
import { Panel } from '@/ui/Panel'
import { Failed } from '@/ui/states'
import { ImportPages } from './ImportPages'
import { fileSize } from './size'
import './strings'

export function Export({ campaignId, isGm }: { campaignId: string; isGm: boolean }) {
  const { t } = useTranslation('exchange')
  const { t: common } = useTranslation()
  const [taken, setTaken] = useState<number | null>(null)
  const [error, setError] = useState<unknown>(null)
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])
  const go = async (format: Format) => {
    const control = new AbortController()
    running.current = control
    setError(null)
    setTaken(0)
    try {
      const { file, name } = await download(campaignId, format, control.signal, setTaken)
      save(file, name)
      told(t('export.done'))
    } catch (problem) {
      if (!control.signal.aborted) setError(problem)
    } finally {
      setTaken(null)
    }
  }
  return (
    <Panel title={t('export.title')}>
      <Text size="sm" c="dimmed" mb="sm">
        {isGm ? t('export.text') : t('export.player_text')}
      </Text>
      {error !== null && <Failed error={error} />}
      <Group gap="sm">
        {isGm && (
          <Button
            variant="light"
            leftSection={<IconDownload size={16} />}
            onClick={() => void go('archive')}
            disabled={taken !== null}
          >
            {t('export.go')}
          </Button>
        )}
        <Button
          variant="default"
          leftSection={<IconMarkdown size={16} />}
          onClick={() => void go('markdown')}
          disabled={taken !== null}
        >
          {t('export.pages')}
        </Button>
        {isGm && <ImportPages campaignId={campaignId} />}
        {taken !== null && (
          <>
            <Text size="sm" aria-live="off">
              {t('export.going', { size: fileSize(taken) })}
            </Text>
            <Button variant="subtle" onClick={() => running.current?.abort()}>
              {common('actions.cancel')}
            </Button>
          </>
        )}
      </Group>
    </Panel>
  )
}

type Format = 'archive' | 'markdown'

async function download(campaign_id: string, format: Format, signal: AbortSignal, onBytes: (taken: number) => void) {
  const params = { path: { campaign_id }, query: { format } }
  const { data, error, response } = await api.GET('/api/v1/campaigns/{campaign_id}/export', {
    params,
    parseAs: 'stream',
    signal,
  })
  if (!response.ok) throw new ApiError(toProblem(error, response.status))
  const reader = (data as ReadableStream<Uint8Array<ArrayBuffer>>).getReader()
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let taken = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    pieces.push(value)
    taken += value.length
    onBytes(taken)
  }
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'campaign.skald.zip'
  return { file: new Blob(pieces, { type: 'application/zip' }), name }
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
