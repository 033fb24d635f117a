/** Text somebody is in the middle of writing, kept in this browser until it is saved or thrown away. */
import { useCallback, useEffect, useRef, useState } from 'react'

const PREFIX = 'skald-draft:'

export function readDraft<T>(key: string): T | null {
  try {
    const text = localStorage.getItem(PREFIX + key)
    return text === null ? null : (JSON.parse(text) as T)
  } catch {
    return null
  }
}

export function writeDraft(key: string, value: unknown): void {
  try {
    if (value === null || value === '') localStorage.removeItem(PREFIX + key)
    else localStorage.setItem(PREFIX + key, JSON.stringify(value))
  } catch {
    // Without storage a draft lives as long as the page.
  }
}

/** A value that survives a reload. `clear` forgets it and goes back to the initial one. */
export function useDraft<T>(key: string, initial: T) {
  const [value, setValue] = useState<T>(() => readDraft<T>(key) ?? initial)
  const [restored, setRestored] = useState(() => readDraft<T>(key) !== null)
  const timer = useRef<number | undefined>(undefined)
  const latest = useRef<T | null>(null)

  const flush = useCallback(() => {
    window.clearTimeout(timer.current)
    if (latest.current !== null) writeDraft(key, latest.current)
    latest.current = null
  }, [key])

  useEffect(() => {
    window.addEventListener('pagehide', flush)
    return () => {
      window.removeEventListener('pagehide', flush)
      flush()
    }
  }, [flush])

  const change = useCallback(
    (next: T) => {
      setValue(next)
      latest.current = next
      window.clearTimeout(timer.current)
      timer.current = window.setTimeout(flush, 300)
    },
    [flush],
  )

  const clear = useCallback(
    (to: T) => {
      window.clearTimeout(timer.current)
      latest.current = null
      writeDraft(key, null)
      setRestored(false)
      setValue(to)
    },
    [key],
  )

  return { value, change, clear, restored }
}
