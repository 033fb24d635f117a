import { expect, it } from 'vitest'
import { linkAt, withLink } from './linking'

it('a link is being written from its brackets to the caret', () => {
  expect(linkAt('Near [[Mill', 11)).toEqual({ start: 5, q: 'Mill' })
  for (const text of ['Near Mill', '[[Mill]] and', '[[Mill\nx', '[[Mill|the m'])
    expect(linkAt(text, text.length)).toBeNull()
})

it('a chosen name finishes it, with brackets that are there already', () => {
  expect(withLink('Near [[Mi]] now', 5, 9, 'Old Mill')).toEqual({ text: 'Near [[Old Mill]] now', caret: 17 })
})
