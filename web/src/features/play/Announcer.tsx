/** Reads the story out to screen readers: whole passages when they are done, never single words. */
import type { TFunction } from 'i18next'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EffectData, EntryOut, NarrationData, RollData } from '@/api/types'
import { speaker } from '@/live/speaker'
import connection from '@/ui/Connection.module.css'

interface AnnouncerProps {
  entries: readonly EntryOut[]
  /** Before that, what arrives is the story so far and no news. */
  loaded: boolean
  userId: string
}

export function Announcer({ entries, loaded, userId }: AnnouncerProps) {
  const { t } = useTranslation('play')
  const heard = useRef<number | null>(null)
  const [lines, setLines] = useState<{ id: string; text: string }[]>([])
  useEffect(() => {
    if (!loaded) return
    const newest = entries[entries.length - 1]?.seq ?? 0
    if (heard.current === null) {
      heard.current = newest
      return
    }
    const since = heard.current
    heard.current = Math.max(since, newest)
    const fresh: { id: string; text: string }[] = []
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i] as EntryOut
      if (entry.seq <= since) break
      if (entry.kind === 'message' && speaker(entry) === userId) continue
      fresh.unshift({ id: entry.id, text: spoken(entry, t) })
    }
    if (fresh.length > 0) setLines((old) => [...old, ...fresh].slice(-8))
  }, [entries, loaded, userId, t])

  return (
    <div className={connection.hidden} aria-live="polite" aria-atomic="false" role="log">
      {lines.map((line) => (
        <p key={line.id}>{line.text}</p>
      ))}
    </div>
  )
}

function spoken(entry: EntryOut, t: TFunction<'play'>): string {
  if (entry.kind === 'roll') {
    const { purpose, notation, total, check } = entry.data as unknown as RollData
    const outcome = check ? ` ${t(check.success ? 'roll.success' : 'roll.failure')}.` : ''
    return t('roll.spoken', { name: entry.author.name, purpose: purpose || notation, total }) + outcome
  }
  if (entry.kind === 'effect') return (entry.data as unknown as EffectData).summary || entry.text
  const { error } = entry.data as unknown as Partial<NarrationData>
  const text = [entry.text, error?.title].filter(Boolean).join(' ')
  return `${entry.author.name}: ${text}`
}
