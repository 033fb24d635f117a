/** Looking for things in the demo world: the palette by keyboard, the search page, the same on a phone. */
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { Skald } from './journey/server'
import { watchConsole } from './watch'

test.describe.configure({ mode: 'serial' })

let skald: Skald
let page: Page
let errors: string[] = []

test.beforeAll(async ({ browser }) => {
  skald = await Skald.begin()
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: skald.url })
  page = await context.newPage()
  await page.goto(skald.setupLink)
  await page.getByLabel('User name').fill('ada')
  await page.getByLabel('Your name at the table').fill('Ada')
  await page.getByRole('textbox', { name: 'Password' }).fill('a lantern in the rain')
  await page.getByRole('button', { name: 'Create the admin account' }).click()
  await page.getByText('The Backward River').first().click()
  await expect(page.getByRole('heading', { name: 'The Backward River' })).toBeVisible()
  errors = watchConsole(page)
})

test.afterAll(async () => {
  await page?.context().close()
  await skald?.end()
})

async function shot(name: string) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/search-${name}.png` })
}

const box = () => page.getByRole('combobox', { name: 'Search this campaign' })
const list = () => page.getByRole('listbox', { name: 'Search this campaign' })
const axe = async () => {
  // A dialog stands beside the landmarks of the page.
  const { violations } = await new AxeBuilder({ page }).disableRules('region').analyze()
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([])
}

test('a misheard name is opened from the palette by keyboard alone', async () => {
  await expect(page.getByRole('button', { name: 'Search', exact: true })).toBeVisible()
  await page.keyboard.press('Control+k')
  await expect(box()).toBeFocused()
  await expect(list().getByRole('option').first()).toBeVisible()
  await shot('palette-empty')
  await page.keyboard.type('pashunt herron')
  await expect(
    list()
      .getByRole('option', { name: /The Patient Heron/ })
      .first(),
  ).toHaveAttribute('aria-selected', 'true')
  await shot('palette')
  await axe()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'The Patient Heron' })).toBeVisible()
})

test('pages and actions are in the palette too, and texts', async () => {
  await page.getByRole('button', { name: 'Search' }).click()
  await box().fill('new pla')
  await list().getByRole('option', { name: 'New place' }).click()
  await expect(page).toHaveURL(/canon\/new\?kind=location/)
  await page.keyboard.press('Control+k')
  await box().fill('bells')
  await expect(page.getByText('In texts')).toBeVisible()
  await shot('palette-texts')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/search\?q=bells/)
})

test('the search page marks what it found, narrows down, and says when there is nothing', async () => {
  const field = page.getByRole('searchbox', { name: 'What to look for' })
  await expect(page.locator('mark').first()).toHaveText(/bell/i)
  await shot('page')
  await axe()
  const kind = page.getByRole('group', { name: 'Kinds' }).getByRole('button').first()
  await kind.click()
  await expect(kind).toHaveAttribute('aria-pressed', 'true')
  await expect(page).toHaveURL(/kind=/)
  await kind.click()
  await field.fill('kubernetes')
  await expect(page.getByText('Nothing found')).toBeVisible()
  await shot('none')
  await field.fill('')
  await expect(page.getByText('How to search')).toBeVisible()
  await shot('help')
})

test('it fits a phone', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  const field = page.getByRole('searchbox', { name: 'What to look for' })
  await field.fill('river kind:lore,location')
  await expect(page.locator('mark').first()).toBeVisible()
  await shot('phone')
  await page.getByRole('button', { name: 'Search' }).click()
  await box().fill('hero')
  await expect(list().getByRole('option', { name: /Heron/ }).first()).toBeVisible()
  await shot('phone-palette')
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  expect(wide).toBe(false)
  expect(errors).toEqual([])
})
