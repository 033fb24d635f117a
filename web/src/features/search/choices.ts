/** What the palette offers, in the order it is shown: one list, whatever it is made of. */
import type { components } from '@/api/schema'
import type { EntityKind } from '@/api/types'

export type Suggestion = components['schemas']['Suggestion']
export type Hit = components['schemas']['Hit']

export type Choice =
  | { type: 'name'; id: string; item: Suggestion }
  | { type: 'text'; id: string; item: Hit }
  | { type: 'page'; id: string; label: string; path: string }
  | { type: 'new'; id: string; kind: EntityKind; label: string }
  | { type: 'all'; id: string }

export interface Offer {
  q: string
  names: readonly Suggestion[]
  texts: readonly Hit[]
  pages: readonly { key: string; label: string; path: string }[]
  /** What can be made, with the words for it; nothing for players. */
  makes: readonly { kind: EntityKind; label: string }[]
}

/** Whether every word of `q` begins a word of the label. */
function fits(label: string, q: string): boolean {
  const words = label.toLowerCase().split(/\s+/)
  return q
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((part) => words.some((word) => word.startsWith(part)))
}

export function choices(offer: Offer): Choice[] {
  const q = offer.q.trim()
  const named = new Set(offer.names.map((item) => item.id))
  return [
    ...offer.names.map((item): Choice => ({ type: 'name', id: `name-${item.id}`, item })),
    ...offer.texts
      .filter((item) => (item.why === 'body' || item.why === 'fact') && !named.has(item.id))
      .slice(0, 4)
      .map((item): Choice => ({ type: 'text', id: `text-${item.id}`, item })),
    ...offer.pages
      .filter((page) => fits(page.label, q))
      .slice(0, q ? 5 : 0)
      .map((page): Choice => ({ type: 'page', id: `page-${page.key}`, label: page.label, path: page.path })),
    ...offer.makes
      .filter((make) => (q ? fits(make.label, q) : make.kind === 'character'))
      .slice(0, 4)
      .map((make): Choice => ({ type: 'new', id: `new-${make.kind}`, kind: make.kind, label: make.label })),
    { type: 'all', id: 'all' },
  ]
}
