/** A file that is sent and then read in the background: how far both are, what came of it, and ending it early. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api, data } from '@/api/client'
import type { JobOut } from '@/api/types'
import { type Sending, sendFile } from '@/api/upload'

const over = (job: JobOut | undefined) => job !== undefined && job.state !== 'waiting' && job.state !== 'running'

export interface FileJob<R> {
  /** Part of the file that was sent, while it is sent. */
  sent: number | null
  job: JobOut | undefined
  busy: boolean
  cancelled: boolean
  error: unknown
  /** What came of it, once it is over. */
  report: R | null
  problem: string | null
  start(file: File, dryRun: boolean): void
  cancel(): Promise<void>
  forget(): void
}

export function useFileJob<R extends { problem?: string | null }>(url: string, onOver: () => void): FileJob<R> {
  const [sent, setSent] = useState<number | null>(null)
  const [jobId, setJobId] = useState<string | null>(null)
  const sending = useRef<Sending<{ job_id: string }> | null>(null)
  const job = useQuery({
    queryKey: ['job', jobId],
    enabled: jobId !== null,
    queryFn: async () => {
      const found = await data(api.GET('/api/v1/jobs/{job_id}', { params: { path: { job_id: jobId ?? '' } } }))
      if (over(found)) onOver()
      return found
    },
    refetchInterval: (query) => (over(query.state.data) ? false : 500),
  })
  const send = useMutation({
    mutationFn: async ({ file, dryRun }: { file: File; dryRun: boolean }) => {
      setJobId(null)
      setSent(0)
      sending.current = sendFile(`${url}?dry_run=${dryRun}`, file, setSent)
      setJobId((await sending.current.done).job_id)
    },
    onSettled: () => setSent(null),
  })
  const busy = sent !== null || (jobId !== null && !over(job.data) && !job.error)
  const report = over(job.data) ? ((job.data?.result ?? null) as R | null) : null
  const aborted = send.error instanceof DOMException && send.error.name === 'AbortError'
  return {
    sent,
    job: job.data,
    busy,
    cancelled: !busy && (aborted || job.data?.state === 'cancelled'),
    error: aborted ? job.error : (send.error ?? job.error),
    report: report?.problem ? null : report,
    problem: report?.problem ?? (job.data?.state === 'failed' ? (job.data.error ?? null) : null),
    start: (file, dryRun) => send.mutate({ file, dryRun }),
    async cancel() {
      sending.current?.cancel()
      if (jobId) {
        await data(api.POST('/api/v1/jobs/{job_id}/cancel', { params: { path: { job_id: jobId } } }))
        await job.refetch()
      }
    },
    forget() {
      setJobId(null)
      send.reset()
    },
  }
}
