/** A piece of a text with what was looked for marked in it. */
import type { components } from '@/api/schema'
import classes from './search.module.css'

export function Pieces({ pieces }: { pieces: readonly components['schemas']['Piece'][] }) {
  return (
    <>
      {pieces.map((piece, i) =>
        piece.hit ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text stay in their places
          <mark key={i} className={classes.mark}>
            {piece.text}
          </mark>
        ) : (
          piece.text
        ),
      )}
    </>
  )
}
