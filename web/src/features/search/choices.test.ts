import { describe, expect, it } from 'vitest'
import { choices, type Hit, type Suggestion } from './choices'

const name = (id: string) => ({ id, name: id }) as Suggestion
const hit = (id: string, why: Hit['why']) => ({ id, name: id, why }) as Hit
const pages = [
  { key: 'home', label: 'Home', path: '' },
  { key: 'canon', label: 'Canon', path: '/canon' },
]
const makes = [
  { kind: 'character' as const, label: 'New character' },
  { kind: 'location' as const, label: 'New location' },
]

describe('what the palette offers', () => {
  it('shows names, then texts that are not among them, then the search page', () => {
    const texts = [hit('a', 'body'), hit('b', 'fact'), hit('c', 'name')]
    const shown = choices({ q: 'mill', names: [name('a')], texts, pages, makes })
    expect(shown.map((choice) => choice.id)).toEqual(['name-a', 'text-b', 'all'])
  })

  it('finds pages and actions by the beginnings of their words', () => {
    const ids = (q: string) => choices({ q, names: [], texts: [], pages, makes }).map((choice) => choice.id)
    expect(ids('ca')).toEqual(['page-canon', 'all'])
    expect(ids('new lo')).toEqual(['new-location', 'all'])
    expect(ids('')).toEqual(['new-character', 'all'])
  })
})
