/**
 * The text of an answer while it is being written, by generation and part.
 *
 * `offset` counts Unicode scalars (code points), not UTF-16 units. A delta may overlap what is there (after a
 * re-subscription); one that starts beyond it means that something was lost, and the caller must ask again.
 */
export interface StreamedPart {
  generationId: string
  part: number
  text: string
  /** Its length in code points. */
  length: number
}

export type DeltaOutcome = 'applied' | 'duplicate' | 'gap'

function codePoints(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit <= 0xdbff && i + 1 < text.length) i++
    count++
  }
  return count
}

/** The text from its `skip`-th code point on. */
function after(text: string, skip: number): string {
  let i = 0
  for (let n = 0; n < skip && i < text.length; n++) {
    const unit = text.charCodeAt(i)
    i += unit >= 0xd800 && unit <= 0xdbff ? 2 : 1
  }
  return text.slice(i)
}

export class StreamText {
  private readonly parts = new Map<string, StreamedPart>()
  private readonly done = new Set<string>()
  private view: readonly StreamedPart[] | null = null

  list(): readonly StreamedPart[] {
    this.view ??= [...this.parts.values()].sort((a, b) => a.part - b.part)
    return this.view
  }

  delta(generationId: string, part: number, offset: number, text: string): DeltaOutcome {
    const key = `${generationId}:${part}`
    if (this.done.has(key)) return 'duplicate'
    const known = this.parts.get(key)
    const have = known?.length ?? 0
    if (offset > have) return 'gap'
    const incoming = codePoints(text)
    if (known && offset + incoming <= have) return 'duplicate'
    const fresh = after(text, have - offset)
    this.parts.set(key, { generationId, part, text: (known?.text ?? '') + fresh, length: offset + incoming })
    this.view = null
    return 'applied'
  }

  /** The durable entry of this part is there. */
  settle(generationId: string, part: number): void {
    const key = `${generationId}:${part}`
    this.done.add(key)
    if (this.parts.delete(key)) this.view = null
  }

  /** Nothing more comes for this generation. */
  end(generationId: string): void {
    for (const [key, part] of this.parts) {
      if (part.generationId !== generationId) continue
      this.parts.delete(key)
      this.view = null
    }
  }

  clear(): void {
    if (this.parts.size > 0) this.view = null
    this.parts.clear()
    this.done.clear()
  }
}
