import { describe, expect, it } from 'vitest'
import { bytes, dollars, nano, typed } from './money'

describe('money', () => {
  it('shows cents from a dollar on and more below', () => {
    for (const [amount, shown] of [
      [0, '0.00'],
      [1_234_000_000, '1.23'],
      [12_300_000, '0.0123'],
    ] as const)
      expect(dollars(amount)).toContain(shown)
  })

  it('reads what was typed as whole nano-dollars', () => {
    for (const [text, amount] of [
      ['', null],
      [0.15, 150_000_000],
      ['2.5', 2_500_000_000],
      ['x', null],
      [0, 0],
    ] as const)
      expect(nano(text)).toBe(amount)
    expect([typed(150_000_000), typed(null)]).toEqual([0.15, ''])
  })

  it('shortens bytes', () => {
    expect([bytes(12), bytes(2048), bytes(3 * 1024 * 1024)]).toEqual(['12 B', '2.0 KiB', '3.0 MiB'])
  })
})
