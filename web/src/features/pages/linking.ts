/** A link that is being written: from `[[` to the caret. */

export interface Begun {
  /** Where its brackets begin. */
  start: number
  /** What of the name is there. */
  q: string
}

export function linkAt(text: string, caret: number): Begun | null {
  const before = text.slice(0, caret)
  const start = before.lastIndexOf('[[')
  if (start < 0) return null
  const q = before.slice(start + 2)
  return q.length > 80 || /[\]\n|]/.test(q) ? null : { start, q }
}

/** The text with the link finished, and where the caret goes. */
export function withLink(text: string, start: number, caret: number, name: string): { text: string; caret: number } {
  const rest = text.slice(caret).replace(/^\]\]?/, '')
  const link = `[[${name}]]`
  return { text: text.slice(0, start) + link + rest, caret: start + link.length }
}
