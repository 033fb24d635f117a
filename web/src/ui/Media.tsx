/**
 * A picture of the campaign. The server asks who is looking, so an address alone shows nothing: the bytes are fetched with
 * the token and shown from memory. A picture never changes, so each is fetched once and kept while the tab is open, the
 * least recently shown going first.
 */
import { useQuery } from '@tanstack/react-query'
import clsx from 'clsx'
import type { ReactNode } from 'react'
import { auth } from '@/api/auth'
import { api, data } from '@/api/client'
import classes from './Media.module.css'

const KEPT = 120
const shown = new Map<string, string>()

/** Keeps an address, and lets go of the one that was not asked for the longest. */
function keep(id: string, url: string): string {
  shown.delete(id)
  shown.set(id, url)
  if (shown.size > KEPT) {
    const [oldest, old] = shown.entries().next().value as [string, string]
    shown.delete(oldest)
    URL.revokeObjectURL(old)
  }
  return url
}

auth.subscribe(() => {
  if (auth.get().status !== 'signed_out') return
  for (const url of shown.values()) URL.revokeObjectURL(url)
  shown.clear()
})

async function load(id: string, signal: AbortSignal): Promise<string> {
  const known = shown.get(id)
  if (known) return keep(id, known)
  const params = { path: { media_id: id } }
  const blob = await data(api.GET('/api/v1/media/{media_id}', { params, parseAs: 'blob', signal }))
  return keep(id, URL.createObjectURL(blob as unknown as Blob))
}

/** The address of a picture in memory, once it is there; `null` when there is none to see. */
export function useMedia(id: string | null | undefined): string | null | undefined {
  const found = useQuery({
    queryKey: ['media', id],
    queryFn: ({ signal }) => load(id as string, signal),
    enabled: Boolean(id),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  })
  if (!id || found.error) return null
  return found.data
}

interface MediaProps {
  id: string | null | undefined
  /** What can be seen; empty for a picture beside its own name. */
  alt: string
  fit?: 'cover' | 'contain'
  className?: string
  /** Instead, while there is none. */
  fallback?: ReactNode
}

export function Media({ id, alt, fit = 'contain', className, fallback = null }: MediaProps) {
  const url = useMedia(id)
  if (!url) return <>{fallback}</>
  return (
    <img
      src={url}
      alt={alt}
      className={clsx(classes.media, className)}
      data-fit={fit}
      loading="lazy"
      decoding="async"
      draggable={false}
    />
  )
}
