/** The world as a game master makes it and a player sees it: a map with pins, and the graph of ties. Against the real server. */
import AxeBuilder from '@axe-core/playwright'
import { type BrowserContext, expect as expects, type Page, test } from '@playwright/test'
import { Skald } from './journey/server'
import { watchConsole } from './watch'

const password = 'a lantern in the rain'

// Pictures are sent and drawn: a busy machine takes its time.
const expect = expects.configure({ timeout: 15_000 })
test.describe.configure({ mode: 'serial', timeout: 90_000 })

let skald: Skald
let contexts: BrowserContext[] = []
let gm: Page
let friend: Page
let errors: string[] = []

test.beforeAll(async ({ browser }) => {
  skald = await Skald.begin()
  const wide = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: skald.url })
  const narrow = await browser.newContext({ viewport: { width: 390, height: 844 }, baseURL: skald.url })
  contexts = [wide, narrow]
  gm = await wide.newPage()
  friend = await narrow.newPage()
  errors = watchConsole(gm)
})

test.afterAll(async () => {
  for (const context of contexts) await context.close()
  await skald?.end()
})

async function shot(page: Page, name: string) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/world-${name}.png` })
}

async function sound(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([])
}

const pins = (page: Page) => page.getByRole('region', { name: 'Pins' })

test('a game master puts up a map and sets a secret pin', async () => {
  await gm.goto(skald.setupLink)
  await gm.getByLabel('User name').fill('ada')
  await gm.getByLabel('Your name at the table').fill('Ada')
  await gm.getByRole('textbox', { name: 'Password' }).fill(password)
  await gm.getByRole('button', { name: 'Create the admin account' }).click()
  await gm.getByText('The Backward River').first().click()
  await gm.getByRole('link', { name: 'Map', exact: true }).click()
  await expect(gm.getByRole('heading', { name: 'The Ravel Coast' })).toBeVisible()
  await expect(pins(gm).getByRole('button', { name: 'The Patient Heron' })).toBeVisible()
  await shot(gm, 'map')
  await sound(gm)

  const picture = await gm.locator('.leaflet-image-layer').evaluate(async (image: HTMLImageElement) => {
    const canvas = document.createElement('canvas')
    canvas.width = 300
    canvas.height = 200
    canvas.getContext('2d')?.drawImage(image, 0, 0, 300, 200)
    return canvas.toDataURL('image/png').split(',')[1]
  })
  await gm.getByRole('button', { name: 'New map' }).click()
  const form = gm.getByRole('dialog')
  await form.getByLabel('Name').fill('The village')
  await form
    .locator('input[type=file]')
    .setInputFiles({ name: 'village.png', mimeType: 'image/png', buffer: Buffer.from(picture ?? '', 'base64') })
  await expect(form.locator('img')).toBeVisible()
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(gm.getByRole('heading', { name: 'The village' })).toBeVisible()

  for (const [label, seen, at] of [
    ['The well', 'Everyone', 0.3],
    ['Where they hide', 'GM only', 0.6],
  ] as const) {
    await gm.getByRole('button', { name: 'Set a pin' }).click()
    const canvas = gm.getByRole('region', { name: 'Map: The village' })
    const box = await canvas.boundingBox()
    if (!box) throw new Error('no map')
    await canvas.click({ position: { x: box.width * at, y: box.height * 0.5 } })
    const pin = gm.getByRole('dialog')
    await pin.getByLabel('Label').fill(label)
    await pin.getByText(seen, { exact: true }).click()
    await pin.getByRole('button', { name: 'Save' }).click()
    await expect(pins(gm).getByRole('button', { name: label })).toBeVisible()
  }
  await shot(gm, 'pins')
})

test('a player sees the public pin and not the secret one', async () => {
  await gm.getByRole('link', { name: 'Home' }).click()
  await gm.getByRole('button', { name: 'Invite' }).click()
  await gm.getByRole('button', { name: 'Create link' }).click()
  const link = gm.getByLabel('Invitation link').first()
  await expect(link).toHaveValue(/\/invite\//)
  await friend.goto(await link.inputValue())
  await friend.getByLabel('User name').fill('bo')
  await friend.getByLabel('Your name at the table').fill('Bo')
  await friend.getByRole('textbox', { name: 'Password' }).fill(password)
  await friend.getByRole('button', { name: /Create account|Create an account to join/ }).click()
  await expect(friend.getByRole('heading', { name: 'The Backward River' })).toBeVisible()
  await friend.goto(`${new URL(friend.url()).pathname.replace(/\/$/, '')}/map`)
  await expect(friend.getByRole('heading', { name: 'The village' })).toBeVisible()
  await expect(pins(friend).getByRole('button', { name: 'The well' })).toBeVisible()
  await expect(friend.getByText('Where they hide')).toHaveCount(0)
  await expect(friend.getByRole('button', { name: 'Set a pin' })).toHaveCount(0)
  await pins(friend).getByRole('button', { name: 'The well' }).click()
  await expect(friend.getByRole('region', { name: 'The well' })).toBeVisible()
  await shot(friend, 'player')
})

test('the graph shows ties, and the way from one to another', async () => {
  await gm.keyboard.press('Escape')
  await gm.getByRole('link', { name: 'Graph', exact: true }).click()
  await expect(gm.getByTestId('graph').locator('canvas').first()).toBeVisible()
  await expect(gm.getByRole('heading', { name: 'At the centre' })).toBeVisible()
  const way = gm.getByRole('region', { name: 'Shortest way' })
  for (const [end, name] of [
    ['From', 'Oda Wick'],
    ['To', 'Marda Keel'],
  ] as const) {
    await way.getByLabel(end, { exact: true }).first().fill(name)
    await gm.getByRole('option', { name }).click()
  }
  await way.getByRole('button', { name: 'Find the way' }).click()
  await expect(way.getByText('One tie away:')).toBeVisible()
  await shot(gm, 'graph')
  await gm.getByText('Table', { exact: true }).click()
  await expect(gm.getByRole('table', { name: 'Graph' })).toBeVisible()
  await shot(gm, 'table')
  await sound(gm)
  expect(errors).toEqual([])
})

test('a tie tells how it came about, and changes on a day of the story', async () => {
  await gm.getByRole('link', { name: 'Oda Wick' }).first().click()
  await gm.getByRole('button', { name: 'Change the tie with Marda Keel' }).click()
  const story = gm.getByRole('dialog')
  const states = story.getByRole('listitem')
  await expect(states).toHaveCount(2)
  await shot(gm, 'history')
  await story.getByRole('textbox', { name: 'Story day' }).fill('1 Harvest 400 OB')
  await story.getByLabel('Note').fill('They talk again.')
  await story.getByRole('button', { name: 'Save' }).click()
  await expect(story).toBeHidden()
  await expect(gm.getByText('They talk again.')).toBeVisible()
  await gm.getByRole('button', { name: 'Change the tie with Marda Keel' }).click()
  await expect(states).toHaveCount(3)
  expect(errors).toEqual([])
})
