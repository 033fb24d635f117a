/** A campaign leaves as a file, and comes back as another one. */
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { Skald } from './journey/server'
import { watchConsole } from './watch'

test.describe.configure({ mode: 'serial' })

let skald: Skald
let page: Page
let errors: string[] = []
let archive = ''

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
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/exchange-${name}.png` })
}

const dialog = () => page.getByRole('dialog', { name: 'Import a campaign' })

test('a game master downloads the whole campaign', async () => {
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download the archive' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toMatch(/^the-backward-river-.*\.skald\.zip$/)
  archive = await download.path()
  await shot('export')
})

test('the archive is looked into, and becomes a campaign of its own', async () => {
  await page.getByRole('link', { name: 'Skald – Campaigns' }).click()
  await page.getByRole('button', { name: 'Import' }).click()
  await dialog().locator('input[type=file]').setInputFiles(archive)
  await dialog().getByRole('button', { name: 'Look inside' }).click()
  await expect(dialog().getByText(/entries of the canon/)).toBeVisible()
  await shot('report')
  const { violations } = await new AxeBuilder({ page }).disableRules('region').analyze()
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  await shot('report-phone')
  await page.setViewportSize({ width: 1280, height: 800 })
  await dialog().getByRole('button', { name: 'Import it' }).click()
  await expect(dialog().getByRole('heading', { name: 'The Backward River is here.' })).toBeVisible()
  await shot('done')
  await dialog().getByRole('link', { name: 'Open it' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'The Backward River' })).toBeVisible()
  await expect(page.getByText('Game master').first()).toBeVisible()
  await page.getByRole('link', { name: 'Map' }).click()
  await expect(page.locator('.leaflet-container img').first()).toBeVisible()
  await shot('map')
})

test('pages leave as Markdown, and nobody’s change comes back as nothing', async () => {
  await page.getByRole('link', { name: 'Home' }).click()
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download as Markdown' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toMatch(/\.markdown\.zip$/)
  await page.getByRole('button', { name: 'Import Markdown' }).click()
  const pages = page.getByRole('dialog', { name: 'Import Markdown pages' })
  await pages.locator('input[type=file]').setInputFiles(await download.path())
  await pages.getByRole('button', { name: 'Look inside' }).click()
  await expect(pages.getByText(/pages are as the canon has them/)).toBeVisible()
  await expect(pages.getByText(/differ$/)).toBeHidden()
  await shot('pages')
  await pages.getByRole('button', { name: 'Close' }).first().click()
})

test('what is no archive is told so', async () => {
  await page.getByRole('link', { name: 'Skald – Campaigns' }).click()
  await page.getByRole('button', { name: 'Import' }).click()
  await dialog()
    .locator('input[type=file]')
    .setInputFiles({ name: 'notes.zip', mimeType: 'application/zip', buffer: Buffer.from('no zip at all') })
  await dialog().getByRole('button', { name: 'Look inside' }).click()
  await expect(dialog().getByRole('alert')).toContainText('no Skald archive')
  await shot('refused')
  expect(errors).toEqual([])
})
