/** What changed between two texts, word by word; line by line where they are long. */

export interface Piece {
  text: string
  /** In both, only in the old one, only in the new one. */
  is: 'same' | 'gone' | 'new'
}

/** Comparisons a browser makes without a pause. */
const MOST = 1_000_000

export function pieces(before: string, after: string): Piece[] {
  const words = compare(before.split(/(?<=\s)(?=\S)/), after.split(/(?<=\s)(?=\S)/))
  const found = words ?? compare(before.split(/(?<=\n)/), after.split(/(?<=\n)/))
  return found ?? joined([one('gone', before), one('new', after)])
}

const one = (is: Piece['is'], text: string): Piece => ({ is, text })

function compare(a: string[], b: string[]): Piece[] | null {
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < Math.min(a.length, b.length) - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const old = a.slice(head, a.length - tail)
  const now = b.slice(head, b.length - tail)
  if ((old.length + 1) * (now.length + 1) > MOST) return null
  const width = now.length + 1
  const common = new Uint32Array((old.length + 1) * width)
  const at = (i: number, j: number) => common[i * width + j] as number
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      common[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const out: Piece[] = [one('same', a.slice(0, head).join(''))]
  let i = 0
  let j = 0
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      out.push(one('same', old[i] as string))
      i++
      j++
    } else if (i < old.length && (j === now.length || at(i + 1, j) >= at(i, j + 1))) {
      out.push(one('gone', old[i++] as string))
    } else {
      out.push(one('new', now[j++] as string))
    }
  }
  out.push(one('same', a.slice(a.length - tail).join('')))
  return joined(out)
}

/** Neighbours of one sort become one piece. */
function joined(pieces: Piece[]): Piece[] {
  const out: Piece[] = []
  for (const piece of pieces) {
    if (piece.text === '') continue
    const last = out.at(-1)
    if (last && last.is === piece.is) last.text += piece.text
    else out.push({ ...piece })
  }
  return out
}
