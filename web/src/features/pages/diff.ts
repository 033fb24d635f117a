/** What differs between two texts, and how two changes of one text are joined. */

export interface Piece {
  kind: 'same' | 'added' | 'removed'
  text: string
}

/** Above this many comparisons a part counts as replaced as a whole. */
const MOST = 4_000_000

/** Which pieces of `a` are which of `b`: the longest run that both have, as pairs of places. */
function matches(a: readonly string[], b: readonly string[]): [number, number][] {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let tail = 0
  while (tail < a.length - start && tail < b.length - start && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const pairs: [number, number][] = []
  for (let i = 0; i < start; i++) pairs.push([i, i])
  const rows = a.length - start - tail
  const columns = b.length - start - tail
  if (rows > 0 && columns > 0 && rows * columns <= MOST) {
    const width = columns + 1
    const longest = new Uint32Array((rows + 1) * width)
    const at = (i: number, j: number) => longest[i * width + j] as number
    for (let i = rows - 1; i >= 0; i--)
      for (let j = columns - 1; j >= 0; j--)
        longest[i * width + j] =
          a[start + i] === b[start + j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    for (let i = 0, j = 0; i < rows && j < columns; ) {
      if (a[start + i] === b[start + j]) pairs.push([start + i++, start + j++])
      else if (at(i + 1, j) >= at(i, j + 1)) i++
      else j++
    }
  }
  for (let k = tail; k > 0; k--) pairs.push([a.length - k, b.length - k])
  return pairs
}

function pieces(a: readonly string[], b: readonly string[]): Piece[] {
  const out: Piece[] = []
  const put = (kind: Piece['kind'], text: string) => {
    if (text === '') return
    const last = out.at(-1)
    if (last?.kind === kind) last.text += text
    else out.push({ kind, text })
  }
  let [i, j] = [0, 0]
  for (const [x, y] of [...matches(a, b), [a.length, b.length] as [number, number]]) {
    put('removed', a.slice(i, x).join(''))
    put('added', b.slice(j, y).join(''))
    put('same', a.slice(x, x + 1).join(''))
    i = x + 1
    j = y + 1
  }
  return out
}

const words = (text: string): string[] => text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? []
const lines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

/** Two texts as one, with what was taken out and what was put in; by lines, and within changed lines by words. */
export function diffText(before: string, after: string): Piece[] {
  const out: Piece[] = []
  const rough = pieces(lines(before), lines(after))
  for (let i = 0; i < rough.length; i++) {
    const [piece, next] = [rough[i] as Piece, rough[i + 1]]
    if (piece.kind === 'removed' && next?.kind === 'added') {
      out.push(...pieces(words(piece.text), words(next.text)))
      i++
    } else out.push(piece)
  }
  return out
}

export type Side = 'mine' | 'theirs'

export interface Merged {
  text: string
  /** Whether no line was changed by both in different ways. */
  clean: boolean
}

/** Joins two changes of a text line by line; where both changed a line differently, `side` stands. */
export function mergeText(base: string, mine: string, theirs: string, side: Side): Merged {
  const [o, a, b] = [lines(base), lines(mine), lines(theirs)]
  const inMine = new Map(matches(o, a))
  const inTheirs = new Map(matches(o, b))
  let text = ''
  let clean = true
  let [i, x, y] = [0, 0, 0]
  const part = (toO: number, toA: number, toB: number) => {
    const [was, left, right] = [o.slice(i, toO), a.slice(x, toA), b.slice(y, toB)].map((part) => part.join(''))
    if (left === right || right === was) text += left
    else if (left === was) text += right
    else {
      clean = false
      text += side === 'mine' ? left : right
    }
  }
  for (let n = 0; n <= o.length; n++) {
    const [toA, toB] = n === o.length ? [a.length, b.length] : [inMine.get(n), inTheirs.get(n)]
    if (toA === undefined || toB === undefined) continue
    part(n, toA, toB)
    text += o.slice(n, n + 1).join('')
    ;[i, x, y] = [n + 1, toA + 1, toB + 1]
  }
  return { text, clean }
}

/** Joins two changes of a set: what either put in is in, what either took out is out. */
export function mergeList(base: readonly string[], mine: readonly string[], theirs: readonly string[]): string[] {
  const kept = theirs.filter((item) => !base.includes(item) || mine.includes(item))
  return [...kept, ...mine.filter((item) => !base.includes(item) && !kept.includes(item))]
}
