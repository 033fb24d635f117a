import { describe, expect, it } from 'vitest'
import type { EntityOut } from '@/api/types'
import {
  compare,
  createOf,
  type EntityDraft,
  type EntityValues,
  emptyValues,
  patchOf,
  resolve,
  valuesOf,
} from './draft'

const original: EntityValues = {
  ...emptyValues('character', null),
  name: 'Orla',
  summary: 'Keeps the inn.',
  tags: ['inn'],
  fields: { sheet: { level: 1, health: 9 }, voice: 'low' },
}
const draft = (mine: Partial<EntityValues>): EntityDraft => ({
  base: 1,
  original,
  values: { ...original, ...mine },
})

describe('two versions of an entity', () => {
  it('that touch different parts are both kept', () => {
    const conflict = compare(draft({ summary: 'Mine.' }), { ...original, name: 'Theirs', tags: ['a', 'b'] })
    expect(conflict).toMatchObject({ disputed: [], joined: [] })
    expect(resolve(conflict, {})).toEqual({ ...original, name: 'Theirs', tags: ['a', 'b'], summary: 'Mine.' })
  })

  it('that changed a part to the same thing do not dispute it', () => {
    const conflict = compare(draft({ name: 'Orla Finn' }), { ...original, name: 'Orla Finn' })
    expect(conflict).toMatchObject({ disputed: [], joined: [] })
    expect(resolve(conflict, {}).name).toBe('Orla Finn')
  })

  it('that changed a part differently dispute it, mine standing until it is settled', () => {
    const mine = draft({ name: 'Mine', summary: 'Mine.' })
    const theirs = { ...original, name: 'Theirs', summary: 'Theirs.', body: 'New.' }
    const conflict = compare(mine, theirs)
    expect(conflict.disputed).toEqual(['name', 'summary'])
    expect(resolve(conflict, {})).toEqual({ ...mine.values, body: 'New.' })
    expect(resolve(conflict, { summary: 'theirs' })).toEqual({
      ...original,
      name: 'Mine',
      summary: 'Theirs.',
      body: 'New.',
    })
  })

  it('take what only they emptied', () => {
    expect(resolve(compare(draft({ name: 'Mine' }), { ...original, tags: [] }), {}).tags).toEqual([])
  })

  it('do not differ by the order of keys in their fields', () => {
    const turned = { voice: 'low', sheet: { health: 9, level: 1 } }
    const conflict = compare(draft({ fields: turned }), { ...original, fields: { voice: 'high' } })
    expect(conflict.disputed).toEqual([])
    expect(resolve(conflict, {})).toEqual({ ...original, fields: { voice: 'high' } })
  })

  it('join texts by lines, lists by items and fields by keys', () => {
    const base = { ...original, body: 'One.\nTwo.\n', tags: ['inn', 'old'] }
    const mine = {
      ...base,
      body: 'One!\nTwo.\n',
      tags: ['inn'],
      fields: { sheet: { level: 2, health: 9 }, voice: 'low' },
    }
    const theirs = {
      ...base,
      body: 'One.\nTwo.\nThree.\n',
      tags: ['inn', 'old', 'warm'],
      fields: { sheet: { level: 1, health: 5 } },
    }
    const conflict = compare({ base: 1, original: base, values: mine }, theirs)
    expect(conflict).toMatchObject({ disputed: [], joined: ['body', 'tags', 'fields'] })
    expect(resolve(conflict, {})).toEqual({
      ...base,
      body: 'One!\nTwo.\nThree.\n',
      tags: ['inn', 'warm'],
      fields: { sheet: { level: 2, health: 5 } },
    })
  })

  it('dispute one line or key, and keep the rest of both whichever is chosen', () => {
    const mine = draft({ fields: { sheet: { level: 2, health: 8 }, voice: 'low' } })
    const theirs = { ...original, fields: { sheet: { level: 3, health: 9 }, voice: 'high' } }
    const conflict = compare(mine, theirs)
    expect(conflict.disputed).toEqual(['fields'])
    expect(resolve(conflict, {}).fields).toEqual({ sheet: { level: 2, health: 8 }, voice: 'high' })
    expect(resolve(conflict, { fields: 'theirs' }).fields).toEqual({ sheet: { level: 3, health: 8 }, voice: 'high' })
  })
})

describe('what is sent', () => {
  it('is only what changed', () => {
    expect(patchOf(original, { ...original, name: 'New', parent_id: null })).toEqual({ name: 'New' })
    expect(patchOf(original, original)).toEqual({})
  })

  it('says who may see it only where some may', () => {
    const chosen = { ...original, visible_to: ['a'] }
    expect(createOf('character', chosen)).not.toHaveProperty('visible_to')
    expect(createOf('character', { ...chosen, visibility: 'some' })).toMatchObject({ visible_to: ['a'] })
  })

  it('reads an entity that lacks what is optional', () => {
    const { subtype: _, parent_id: __, visible_to: ___, ...rest } = original
    const entity = { ...rest, id: 'e', campaign_id: 'c', kind: 'lore', version: 1, created_at: '', updated_at: '' }
    expect(valuesOf(entity as EntityOut)).toMatchObject({ subtype: null, parent_id: null, visible_to: [] })
  })
})
