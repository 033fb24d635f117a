import { describe, expect, it } from 'vitest'
import { diffText, mergeList, mergeText } from './diff'

const before = (text: string, after: string) =>
  diffText(text, after)
    .filter((piece) => piece.kind !== 'added')
    .map((piece) => piece.text)
    .join('')
const after = (text: string, after: string) =>
  diffText(text, after)
    .filter((piece) => piece.kind !== 'removed')
    .map((piece) => piece.text)
    .join('')

describe('a difference', () => {
  it('shows changed words within a line', () => {
    expect(diffText('The old mill.\nIt turns.', 'The new mill.\nIt turns.')).toEqual([
      { kind: 'same', text: 'The ' },
      { kind: 'removed', text: 'old' },
      { kind: 'added', text: 'new' },
      { kind: 'same', text: ' mill.\n' },
      { kind: 'same', text: 'It turns.' },
    ])
  })

  it('holds both texts whole, whatever they are', () => {
    const alphabet = ['a', 'b', ' ', '\n', 'ö', '.', '🙂']
    let seed = 7
    const random = (n: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed % n
    }
    const text = () => Array.from({ length: random(30) }, () => alphabet[random(alphabet.length)]).join('')
    for (let round = 0; round < 500; round++) {
      const [a, b, c] = [text(), text(), text()]
      expect(before(a, b)).toBe(a)
      expect(after(a, b)).toBe(b)
      expect(mergeText(a, b, a, 'theirs')).toEqual({ text: b, clean: true })
      expect(mergeText(a, a, c, 'mine')).toEqual({ text: c, clean: true })
      expect(mergeText(a, b, b, 'mine')).toEqual({ text: b, clean: true })
    }
  })
})

describe('two changes of a text', () => {
  const base = 'One.\nTwo.\nThree.\n'
  it('of different lines are joined', () => {
    expect(mergeText(base, 'One!\nTwo.\nThree.\n', 'One.\nTwo.\nThree.\nFour.\n', 'mine')).toEqual({
      text: 'One!\nTwo.\nThree.\nFour.\n',
      clean: true,
    })
  })

  it('of one line leave the choice, and keep the rest of both', () => {
    const [mine, theirs] = ['One.\nZwei.\nThree.\nFour.\n', 'Nil.\nOne.\nDeux.\nThree.\n']
    expect(mergeText(base, mine, theirs, 'mine')).toEqual({ text: 'Nil.\nOne.\nZwei.\nThree.\nFour.\n', clean: false })
    expect(mergeText(base, mine, theirs, 'theirs').text).toBe('Nil.\nOne.\nDeux.\nThree.\nFour.\n')
  })

  it('of a list are both kept', () => {
    expect(mergeList(['a', 'b'], ['b', 'c'], ['a', 'b', 'd'])).toEqual(['b', 'd', 'c'])
  })
})
