import { expect, it } from 'vitest'
import { inputOf, startOf } from './editing'
import type { Proposal } from './queries'

const part = (field: string, before: unknown, after: unknown) => ({
  field,
  before,
  after,
  change: 'changed',
  conflict: false,
  locked: false,
})

it('begins with what the server joined, key by key in the fields', () => {
  const proposal = {
    operation: 'update',
    change: { name: 'Inn', body: 'old and new', fields: { beds: 6 } },
    diff: [part('body', 'old', 'joined'), part('fields.beds', 4, 6), part('fields.cat', 'Mo', null)],
  } as unknown as Proposal
  expect(startOf(proposal, { beds: 4, cat: 'Mo', gm_trap: 1 })).toEqual({
    name: 'Inn',
    body: 'joined',
    fields: { beds: 6, gm_trap: 1 },
  })
})

it('picks an input by the name of a part and by its value', () => {
  const picked = [
    inputOf('body', ''),
    inputOf('tags', []),
    inputOf('strength', 3),
    inputOf('symmetric', true),
    inputOf('visible_to', ['x']),
  ]
  expect(picked).toEqual(['text', 'words', 'number', 'switch', 'json'])
})
