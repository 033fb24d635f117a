/**
 * One evening, as two people live it: set-up, an invitation, a game against the oracle, a reload, a killed server, a model
 * that is connected and fails. Against the real server, in real browsers.
 */
import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { Model } from './journey/model'
import { Skald } from './journey/server'
import { watchConsole } from './watch'

const password = 'a lantern in the rain'

test.describe.configure({ mode: 'serial' })

let skald: Skald
let model: Model
let gmContext: BrowserContext
let friendContext: BrowserContext
let gm: Page
let friend: Page
let errors: string[] = []

test.beforeAll(async ({ browser }) => {
  skald = await Skald.begin()
  model = new Model()
  await model.begin()
  gmContext = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: skald.url })
  friendContext = await browser.newContext({ viewport: { width: 390, height: 844 }, baseURL: skald.url })
  gm = await gmContext.newPage()
  friend = await friendContext.newPage()
  errors = watchConsole(gm)
})

test.afterAll(async () => {
  await gmContext?.close()
  await friendContext?.close()
  await model?.end()
  await skald?.end()
})

/** A picture of where the journey stands, when somebody wants to look at it. */
async function shot(page: Page, name: string) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/journey-${name}.png` })
}

const story = (page: Page) => page.getByRole('region', { name: 'The story so far' })
const say = async (page: Page, text: string) => {
  await page.getByLabel('What do you do or say?').fill(text)
  await page.keyboard.press('Enter')
}
const stopButton = (page: Page) => page.getByRole('button', { name: 'Stop the answer' })

/** The timeline by its API: what was acknowledged, in order. */
async function entries(page: Page): Promise<{ seq: number; kind: string; text: string; data: { status?: string } }[]> {
  const session = page.url().split('/sessions/')[1]?.split(/[?#]/)[0]
  return page.evaluate(async (id) => {
    const refreshed = await fetch('/api/v1/auth/refresh', { method: 'POST', headers: { 'X-Skald': '1' } })
    const { access_token } = await refreshed.json()
    const answer = await fetch(`/api/v1/sessions/${id}/entries?limit=500`, {
      headers: { Authorization: `Bearer ${access_token}` },
    })
    return (await answer.json()).items
  }, session)
}

test('the first visitor sets Skald up with the code from the console', async () => {
  await gm.goto(skald.setupLink.replace(/code=.*/, 'code=WRNG-CODE'))
  await gm.getByLabel('User name').fill('ada')
  await gm.getByLabel('Your name at the table').fill('Ada')
  await gm.getByRole('textbox', { name: 'Password' }).fill(password)
  await gm.getByRole('button', { name: 'Create the admin account' }).click()
  await expect(gm.getByText(/set-up code/i).last()).toBeVisible()
  await expect(gm).toHaveURL(/setup/)
  await gm.getByLabel('Set-up code').fill(/code=(.*)/.exec(skald.setupLink)?.[1] ?? '')
  await gm.getByRole('button', { name: 'Create the admin account' }).click()
  await expect(gm.getByText('The Backward River').first()).toBeVisible()
  errors.length = 0
})

test('the demo world is there to be read', async () => {
  await gm.getByText('The Backward River').first().click()
  await expect(gm.getByRole('heading', { name: 'The Backward River' })).toBeVisible()
  await shot(gm, 'home')
  await gm.getByRole('link', { name: 'Canon' }).click()
  await gm
    .getByRole('searchbox')
    .or(gm.getByLabel(/search/i))
    .first()
    .fill('heron')
  await gm.getByText('The Patient Heron').first().click()
  await expect(gm.getByRole('heading', { name: 'The Patient Heron' })).toBeVisible()
  await shot(gm, 'canon')
})

test('a friend joins by the link of an invitation', async () => {
  await gm.getByRole('link', { name: 'Home' }).click()
  await gm.getByRole('button', { name: 'Invite' }).click()
  await gm.getByRole('button', { name: 'Create link' }).click()
  const link = gm.getByLabel('Invitation link').first()
  await expect(link).toHaveValue(/\/invite\//)
  await friend.goto(await link.inputValue())
  await expect(friend.getByText('The Backward River')).toBeVisible()
  await shot(friend, 'invitation')
  await friend.getByLabel('User name').fill('bo')
  await friend.getByLabel('Your name at the table').fill('Bo')
  await friend.getByRole('textbox', { name: 'Password' }).fill(password)
  await friend.getByRole('button', { name: /Create account|Create an account to join/ }).click()
  await expect(friend.getByRole('heading', { name: 'The Backward River' })).toBeVisible()
  await gm.keyboard.press('Escape')
  await expect(gm.getByText('Bo', { exact: true }).first()).toBeVisible()
})

test('both pick a character and see the opening', async () => {
  await gm.getByRole('button', { name: 'Start a game' }).click()
  await gm.getByRole('button', { name: 'Open the table' }).click()
  await expect(gm.getByRole('heading', { name: 'Who will you be?' })).toBeVisible()
  await shot(gm, 'lobby')
  await gm.getByRole('button', { name: 'Play as Tamsin Orrow' }).click()
  await expect(story(gm).getByText('Patient Heron').first()).toBeVisible()
  await friend.goto(gm.url())
  await friend.getByRole('button', { name: 'Play as Nib Cotterel' }).click()
  await expect(story(friend).getByText('Patient Heron').first()).toBeVisible()
})

test('a search of the chapel streams to both, with a roll, and both side panels follow', async () => {
  await gm.getByRole('button', { name: 'Go to The Ruined Chapel' }).click()
  await expect(story(friend).getByText('The party goes to The Ruined Chapel')).toBeVisible()
  await say(gm, 'I search the ruined chapel for tracks')
  await expect(stopButton(gm)).toBeVisible()
  await expect(story(friend).getByText('I search the ruined chapel for tracks').first()).toBeVisible()
  await expect(story(friend).getByText('oracle (no model)').first()).toBeVisible()
  await expect(stopButton(gm)).toBeHidden({ timeout: 25_000 })
  const log = await entries(gm)
  expect(log.some((entry) => entry.kind === 'roll')).toBe(true)
  expect(log.map((entry) => entry.seq)).toEqual(log.map((_, i) => i + 1))
  const told =
    log
      .filter((entry) => entry.kind === 'narration')
      .at(-1)
      ?.text.split('\n')[0] ?? ''
  await expect(story(friend).getByText(told.slice(0, 40)).first()).toBeVisible()
  await shot(gm, 'play')
  await shot(friend, 'play-phone')
})

test('a reload in the middle of an answer loses nothing', async () => {
  await say(gm, 'I listen at the north wall and look around for a while')
  await expect(stopButton(friend)).toBeVisible()
  await friend.reload()
  await expect(story(friend).getByText('I listen at the north wall').first()).toBeVisible()
  await expect(stopButton(gm)).toBeHidden({ timeout: 25_000 })
  await expect(stopButton(friend)).toBeHidden()
  const told =
    (await entries(gm))
      .filter((entry) => entry.kind === 'narration')
      .at(-1)
      ?.text.trim() ?? ''
  for (const page of [gm, friend]) {
    await expect(
      story(page)
        .getByText(told.split('\n').at(-1)?.slice(0, 40) ?? '')
        .last(),
    ).toBeVisible()
  }
})

test('a killed server comes back with everything, and the broken answer can be tried again', async () => {
  await say(friend, 'I tell the long story of my life to the jackdaws')
  await expect(stopButton(gm)).toBeVisible()
  await expect(story(gm).locator('[data-writing]').last()).toContainText(/\w+ \w+/)
  const before = await entries(gm)
  await skald.kill()
  await skald.start()
  await expect(story(gm).getByText('The answer broke off here.')).toBeVisible({ timeout: 25_000 })
  await expect(story(friend).getByText('The answer broke off here.')).toBeVisible({ timeout: 25_000 })
  await shot(gm, 'interrupted')
  const after = await entries(gm)
  expect(after.slice(0, before.length)).toEqual(before)
  expect(after.map((entry) => entry.seq)).toEqual(after.map((_, i) => i + 1))
  expect(after.some((entry) => entry.data.status === 'interrupted')).toBe(true)
  await story(gm).getByRole('button', { name: 'Retry' }).click()
  await expect.poll(async () => (await entries(gm)).length).toBeGreaterThan(after.length + 1)
  await expect(stopButton(gm)).toBeHidden({ timeout: 25_000 })
  await expect(story(friend).getByText('The answer broke off here.')).toBeHidden()
})

test('what is written while the server is away is sent once it is back', async () => {
  await skald.kill()
  await say(gm, 'I wait in the dark')
  await expect(gm.getByText('Kept here; sent when the connection is back.')).toBeVisible({ timeout: 20_000 })
  await shot(gm, 'away')
  await skald.start()
  await expect(story(friend).getByText('I wait in the dark').first()).toBeVisible({ timeout: 25_000 })
  await expect(gm.getByText('Kept here; sent when the connection is back.')).toBeHidden()
  await expect.poll(async () => (await entries(gm)).at(-1)?.kind, { timeout: 25_000 }).toBe('narration')
  expect((await entries(gm)).filter((entry) => entry.text === 'I wait in the dark')).toHaveLength(1)
  errors.length = 0
})

test('an admin connects a model, tests it and lets it narrate', async () => {
  const table = gm.url()
  await gm.goto('/settings/ai')
  await gm.getByRole('button', { name: 'Connect a model' }).first().click()
  await gm.getByRole('textbox', { name: /^Name/ }).fill('Hearth')
  await gm.getByLabel('Base URL').fill(model.url)
  await gm.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(gm.getByText(/It answers/)).toBeVisible()
  await shot(gm, 'provider')
  await expect(
    gm
      .getByRole('dialog')
      .getByLabel(/^Model/)
      .first(),
  ).toHaveValue('hearth-7b')
  await gm.getByRole('button', { name: 'Save' }).click()
  await gm.getByRole('button', { name: /^Use / }).first().click()
  await shot(gm, 'ai')
  await gm.goto(table)
  await say(gm, 'Who is up there?')
  await expect(story(gm).getByText('jackdaw laughs').last()).toBeVisible()
  await expect(story(friend).getByText('Hearth · hearth-7b').last()).toBeVisible()
})

test('when the model fails the players see what happened, and the oracle takes over', async () => {
  model.mode = 'cut'
  await say(gm, 'And now?')
  await expect(story(gm).getByText('jackdaw laughs').last()).toBeVisible()
  await expect(
    story(gm)
      .getByText(/cut off/)
      .last(),
  ).toBeVisible()
  // Last, because a service that says when to come back is left alone until then.
  model.mode = 'limit'
  await say(gm, 'I shout again')
  await expect(
    story(gm)
      .getByText(/limiting requests|Slow down/)
      .last(),
  ).toBeVisible({ timeout: 20_000 })
  await expect(
    story(friend)
      .getByText(/limiting requests|Slow down/)
      .last(),
  ).toBeVisible()
  await shot(gm, 'failed')
  await story(gm).getByRole('button', { name: 'Let the oracle answer' }).last().click()
  await expect(stopButton(gm)).toBeHidden({ timeout: 25_000 })
  await expect(story(friend).getByText('oracle (no model)').last()).toBeVisible()
  expect(errors).toEqual([])
})
