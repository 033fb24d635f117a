/** Putting a picture in: the bytes as they are, with how much of them has been sent. */
import { auth, refresh } from '@/api/auth'
import { ApiError, toProblem, unreachable } from '@/api/problem'
import type { MediaOut } from '@/api/types'

export interface Upload {
  done: Promise<MediaOut>
  cancel(): void
}

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Sends a file. `fetch` cannot say how much of it has arrived, so this is an XMLHttpRequest. */
export function upload(campaignId: string, file: File, alt: string, onProgress: (part: number) => void): Upload {
  let cancelled = false
  let request: XMLHttpRequest | null = null
  const query = new URLSearchParams({ name: file.name.slice(0, 200), alt })
  const url = `/api/v1/campaigns/${campaignId}/media?${query}`
  const send = (token: string | null) =>
    new Promise<XMLHttpRequest>((resolve, reject) => {
      if (cancelled) return reject(new DOMException('cancelled', 'AbortError'))
      const xhr = new XMLHttpRequest()
      request = xhr
      xhr.open('POST', url)
      xhr.setRequestHeader('Content-Type', 'application/octet-stream')
      xhr.setRequestHeader('X-Skald', '1')
      if (token) xhr.setRequestHeader('Authorization', `Bearer ${token}`)
      xhr.upload.onprogress = (event) => {
        if (event.lengthComputable) onProgress(event.loaded / event.total)
      }
      xhr.onload = () => resolve(xhr)
      xhr.onerror = () => reject(unreachable())
      xhr.onabort = () => reject(new DOMException('cancelled', 'AbortError'))
      xhr.send(file)
    })
  const run = async () => {
    let answer = await send(await auth.token())
    if (answer.status === 401) answer = await send(await refresh())
    if (answer.status !== 201) throw new ApiError(toProblem(read(answer.responseText), answer.status))
    return read(answer.responseText) as MediaOut
  }
  return {
    done: run(),
    cancel() {
      cancelled = true
      request?.abort()
    },
  }
}
