/** Money is whole nano-dollars: 1 US dollar = 10⁹. */
const DOLLAR = 1_000_000_000

/** An amount for people: two places from a dollar on, four below. */
export function dollars(nano: number): string {
  const amount = nano / DOLLAR
  const places = amount === 0 || amount >= 1 ? 2 : 4
  return new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  }).format(amount)
}

/** What was typed in dollars, in nano-dollars; null when nothing was. */
export function nano(typed: number | string): number | null {
  if (typed === '' || typed === null) return null
  const amount = Number(typed)
  return Number.isFinite(amount) ? Math.round(amount * DOLLAR) : null
}

/** Nano-dollars as a number of dollars, for a field; empty when there is none. */
export function typed(nano: number | null | undefined): number | '' {
  return nano == null ? '' : nano / DOLLAR
}

export const count = (value: number) => new Intl.NumberFormat().format(value)

/** Bytes for people. */
export function bytes(value: number): string {
  if (value < 1024) return `${value} B`
  return value < 1024 * 1024 ? `${(value / 1024).toFixed(1)} KiB` : `${(value / 1024 / 1024).toFixed(1)} MiB`
}
