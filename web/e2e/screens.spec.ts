/** Every screen, in both schemes and both widths: no console errors, no accessibility findings, nothing wider than the screen. */
import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { type MockOptions, mock } from './mock/install'
import { campaignId, ids, sessionId } from './mock/world'
import { watchConsole } from './watch'

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
  ['knowledge', `${c}/knowledge`],
  ['knowledge-then', `${c}/knowledge?at=18719`],
  ['calendar', `${c}/calendar`],
  ['edit', `${c}/canon/${ids.asla}/edit`],
  ['history', `${c}/canon/${ids.asla}/history`],
  ['trash', `${c}/trash`],
  ['audit', `${c}/audit`],
  ['new-quest', `${c}/canon/new?kind=quest`],
  ['suggestions', `${c}/proposals`],
  ['own-suggestions', `${c}/proposals`, { role: 'player' }],
  ['suggest', `${c}/proposals/new?about=${ids.orla}`, { role: 'player' }],
  ['ask', `${c}/ask`],
  ['play', `${c}/sessions/${sessionId}`],
  ['lobby', `${c}/sessions/${sessionId}`, { seated: false }],
  ['profile', '/settings/profile'],
  ['devices', '/settings/devices'],
  ['tokens', '/settings/tokens'],
  ['appearance', '/settings/appearance'],
  ['ai', '/settings/ai'],
  ['usage', `${c}/usage`],
  ['not-found', '/nowhere/at/all'],
]
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
const schemes = ['light', 'dark'] as const

test.use({ reducedMotion: 'reduce' })

/** What is wrong with the page as it stands, by the rules of accessibility. The scheme changes nothing but colours. */
async function complaints(page: Page, scheme: 'light' | 'dark'): Promise<string[]> {
  const axe = new AxeBuilder({ page })
  if (scheme === 'dark') axe.withRules(['color-contrast', 'link-in-text-block'])
  else axe.withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
  const { violations } = await axe.analyze()
  return violations.map((violation) => {
    const places = violation.nodes.map((node) => node.target.join(' ')).slice(0, 4)
    return `${violation.id}: ${places.join(' | ')}`
  })
}

/** Waits until colours that change softly have arrived: half-way they have any contrast. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((next) => requestAnimationFrame(next))
    await frame()
    await frame()
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(ending.map((one) => one.finished))
  })
}

for (const [name, path, options] of screens) {
  // One load, looked at in every size and scheme: both are followed without a reload.
  test(`${name} is clean on desktop and phone, light and dark`, async ({ page }) => {
    const errors = watchConsole(page)
    await mock(page, options)
    await page.setViewportSize(sizes.desktop)
    await page.emulateMedia({ colorScheme: 'light' })
    await page.goto(path)
    await page.locator('h1').first().waitFor()
    await page.waitForLoadState('networkidle')
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport)
      for (const scheme of schemes) {
        await test.step(`${size} ${scheme}`, async () => {
          await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
          await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', scheme)
          await settled(page)
          if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}-${size}-${scheme}.png` })
          const wide = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          )
          expect.soft(wide, `nothing sticks out sideways on ${size} ${scheme}`).toBeLessThanOrEqual(0)
          expect.soft(await complaints(page, scheme), `${size} ${scheme}`).toEqual([])
        })
      }
    }
    expect(errors).toEqual([])
  })
}
