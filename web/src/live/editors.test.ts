import { expect, it } from 'vitest'
import { Editors } from './editors'

it('who edits a page is known while they say so, and never oneself', () => {
  let now = 0
  const editors = new Editors(() => now)
  editors.hear('typing', { user_id: 'u1', display_name: 'Mira', about: 'e1' })
  editors.hear('typing', { user_id: 'me', display_name: 'Me', about: 'e1' })
  editors.hear('typing', { user_id: 'u2', display_name: 'Tom' })
  editors.hear('presence', { user_id: 'u3', about: 'e1' })
  expect(editors.of('e1', 'me')).toBe('Mira')
  expect(editors.of('e2', 'me')).toBe('')
  now = 21_000
  expect(editors.of('e1', 'me')).toBe('')
})
