/** Told text: paragraphs with *emphasis*, drawn fast enough to be drawn again for every few words. */
import { memo, type ReactNode } from 'react'

const marks = /(\*\*[^*\n]+\*\*|\*[^*\n]+\*|_[^_\n]+_)/g

function inline(text: string): ReactNode[] {
  return text.split(marks).map((piece, i) => {
    if (i % 2 === 0) return piece
    const strong = piece.startsWith('**')
    const inner = strong ? piece.slice(2, -2) : piece.slice(1, -1)
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text never move
    return strong ? <strong key={i}>{inner}</strong> : <em key={i}>{inner}</em>
  })
}

const Paragraph = memo(function Paragraph({ text }: { text: string }) {
  return <p>{inline(text)}</p>
})

export const Told = memo(function Told({ text, writing }: { text: string; writing?: boolean }) {
  const paragraphs = text.split(/\n{2,}/).filter((paragraph) => paragraph.trim() !== '')
  return (
    <div className="skald-prose" data-writing={writing || undefined}>
      {paragraphs.map((paragraph, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs are only ever added at the end
        <Paragraph key={i} text={paragraph} />
      ))}
    </div>
  )
})
