/** Every screen, in both schemes and both widths: no console errors, no accessibility findings, nothing wider than the screen. */
import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { type MockOptions, mock } from './mock/install'
import { campaignId, ids, sessionId } from './mock/world'

const c = `/campaigns/${campaignId}`
const screens: [name: string, path: string, options?: MockOptions][] = [
  ['setup', '/setup?code=raven-47', { signedIn: false, setupNeeded: true }],
  ['login', '/login', { signedIn: false }],
  ['invite', '/invite/abc', { signedIn: false }],
  ['invite-signed-in', '/invite/abc'],
  ['campaigns', '/campaigns'],
  ['home', c],
  ['canon', `${c}/canon`],
  ['canon-tree', `${c}/canon?kind=location&tree=true`],
  ['place', `${c}/canon/${ids.village}`],
  ['character', `${c}/canon/${ids.asla}`],
  ['npc', `${c}/canon/${ids.orla}`],
  ['edit', `${c}/canon/${ids.asla}/edit`],
  ['new-quest', `${c}/canon/new?kind=quest`],
  ['play', `${c}/sessions/${sessionId}`],
  ['lobby', `${c}/sessions/${sessionId}`, { seated: false }],
  ['profile', '/settings/profile'],
  ['devices', '/settings/devices'],
  ['appearance', '/settings/appearance'],
  ['ai', '/settings/ai'],
  ['not-found', '/nowhere/at/all'],
]
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }

export function watchConsole(page: Page): string[] {
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    // An anonymous visitor's refresh is refused by design; the browser logs every such answer.
    if (/status of 401/.test(message.text())) return
    errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  return errors
}

for (const scheme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(sizes)) {
    test.describe(`${scheme} ${size}`, () => {
      test.use({ colorScheme: scheme, viewport, reducedMotion: 'reduce' })
      for (const [name, path, options] of screens) {
        test(`${name} is clean`, async ({ page }) => {
          const errors = watchConsole(page)
          await mock(page, options)
          await page.goto(path)
          await page.locator('h1').first().waitFor()
          await page.waitForLoadState('networkidle')
          if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}-${size}-${scheme}.png` })
          const wide = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          )
          expect(wide, 'nothing sticks out sideways').toBeLessThanOrEqual(0)
          const { violations } = await new AxeBuilder({ page })
            .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
            .analyze()
          expect(
            violations.map(
              (v) =>
                `${v.id}: ${v.nodes
                  .map((n) => n.target.join(' '))
                  .slice(0, 4)
                  .join(' | ')}`,
            ),
          ).toEqual([])
          expect(errors).toEqual([])
        })
      }
    })
  }
}
