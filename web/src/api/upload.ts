/** Sending a file: the bytes as they are, with how much of them has been sent. */
import { auth, refresh } from './auth'
import { ApiError, toProblem, unreachable } from './problem'

export interface Sending<T> {
  done: Promise<T>
  cancel(): void
}

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Posts a file. `fetch` cannot say how much of it has arrived, so this is an XMLHttpRequest. */
export function sendFile<T>(url: string, file: File, onProgress: (part: number) => void): Sending<T> {
  let cancelled = false
  let request: XMLHttpRequest | null = null
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
    const body = read(answer.responseText)
    if (answer.status >= 300) throw new ApiError(toProblem(body, answer.status))
    return body as T
  }
  return {
    done: run(),
    cancel() {
      cancelled = true
      request?.abort()
    },
  }
}
