import { describe, expect, it } from 'vitest'
import { pieces } from './words'

const side = (all: ReturnType<typeof pieces>, not: 'gone' | 'new') =>
  all
    .filter((piece) => piece.is !== not)
    .map((piece) => piece.text)
    .join('')

describe('pieces', () => {
  it('marks the words that differ and no others', () => {
    expect(pieces('The mill is old.', 'The mill is very old.')).toEqual([
      { is: 'same', text: 'The mill is ' },
      { is: 'new', text: 'very ' },
      { is: 'same', text: 'old.' },
    ])
  })

  it('holds both texts whole, whatever they are', () => {
    const texts = [
      '',
      'a',
      'a b',
      'b a\n\nc',
      'x'.repeat(40),
      Array.from({ length: 3000 }, (_, n) => `w${n} `).join(''),
    ]
    for (const before of texts) {
      for (const after of texts) {
        const found = pieces(before, after)
        expect(side(found, 'new')).toBe(before)
        expect(side(found, 'gone')).toBe(after)
      }
    }
  })
})
