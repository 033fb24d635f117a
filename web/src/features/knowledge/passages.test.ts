import { describe, expect, it } from 'vitest'
import { passages } from './passages'

describe('passages of a text', () => {
  it.each([
    ['open', [[null, 'open']]],
    [
      'a\n\n:::secret\nb\n:::\n\nc',
      [
        [null, 'a'],
        [[], 'b'],
        [null, 'c'],
      ],
    ],
    [':::secret [[Aldric]] [[Lantern Guild|the guild]]\nb\n:::', [[['Aldric', 'Lantern Guild'], 'b']]],
    [':::secret\nnever closed', [[[], 'never closed']]],
    ['```\n:::secret\n```\nopen', [[null, '```\n:::secret\n```\nopen']]],
    [
      ':::secret\n:::note\nin\n:::\nstill\n:::\nout',
      [
        [[], ':::note\nin\n:::\nstill'],
        [null, 'out'],
      ],
    ],
  ])('%j', (body, expected) => {
    expect(passages(body).map(({ names, text }) => [names, text])).toEqual(expected)
  })
})
