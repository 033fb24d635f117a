/** What people do on the play screen and in the canon, with answers made up in the browser. */
import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { mock } from './mock/install'
import { campaignId, ids, sessionId } from './mock/world'

const play = `/campaigns/${campaignId}/sessions/${sessionId}`
const timeline = (page: Page) => page.getByRole('region', { name: 'The story so far' })
const distance = (page: Page) =>
  timeline(page).evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight)

test('a message is sent with Enter, the answer streams in, and the view stays at its end', async ({ page }) => {
  await mock(page)
  await page.goto(play)
  const box = page.getByLabel('What do you do or say?')
  await box.fill('I pull the rope.')
  await box.press('Shift+Enter')
  await box.press('End')
  await page.keyboard.type('Hard.')
  await box.press('Enter')
  await expect(box).toHaveValue('')
  await expect(timeline(page).getByText('I pull the rope. Hard.')).toBeVisible()
  await expect(timeline(page).getByText('The rope leads down')).toBeVisible()
  await expect(timeline(page).getByText('“Leave it,” says Orla. 🔔')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Tell it differently' })).toBeVisible()
  await expect.poll(() => distance(page)).toBeLessThan(30)
  await expect(page.getByRole('log')).toContainText('Game master: The rope leads down')
})

test('a failed answer is replaced by its retry', async ({ page }) => {
  await mock(page)
  await page.goto(play)
  await expect(page.getByText('Ollama stopped sending after 30 seconds')).toBeVisible()
  await page.getByRole('button', { name: 'Let the oracle answer' }).click()
  await expect(timeline(page).getByText('“Leave it,” says Orla. 🔔')).toBeVisible()
  await expect(page.getByText('Ollama stopped sending after 30 seconds')).toBeHidden()
})

test('what is typed while the connection is gone is kept, shown, and sent when it is back', async ({
  page,
  context,
}) => {
  const server = await mock(page)
  await page.goto(play)
  await expect(page.getByRole('button', { name: 'Connected', exact: true })).toBeVisible()
  await context.setOffline(true)
  for (const socket of server.sockets.splice(0)) await socket.close({ code: 1001 })
  await expect(page.getByRole('button', { name: 'Offline' })).toBeVisible()
  await page.getByLabel('What do you do or say?').fill('Is anybody there?')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Kept here; sent when the connection is back.')).toBeVisible()
  await context.setOffline(false)
  await expect(page.getByText('Kept here; sent when the connection is back.')).toBeHidden()
  await expect(timeline(page).getByText('Is anybody there?')).toBeVisible()
})

test('older entries page in above without moving what is being read', async ({ page }) => {
  await mock(page)
  await page.goto(play)
  await expect(page.getByText('Ollama stopped sending after 30 seconds')).toBeVisible()
  const scroll = (top: number) => timeline(page).evaluate((element, to) => element.scrollTo({ top: to }), top)
  // The place on the screen of the first row that is in view, and what it says.
  const reading = () =>
    timeline(page).evaluate((element) => {
      const top = element.getBoundingClientRect().top
      const rows = [...element.querySelectorAll('[data-index]')]
      const row = rows.find((candidate) => candidate.getBoundingClientRect().top >= top + 150)
      return { text: row?.textContent ?? '', top: Math.round(row?.getBoundingClientRect().top ?? 0) }
    })
  await scroll(1100)
  await page.waitForTimeout(300)
  const before = await reading()
  const height = await timeline(page).evaluate((element) => element.scrollHeight)
  await timeline(page).evaluate((element) => element.scrollBy({ top: -500 }))
  await expect.poll(() => timeline(page).evaluate((element) => element.scrollHeight)).toBeGreaterThan(height + 500)
  await page.waitForTimeout(300)
  const place = await timeline(page).evaluate((element, text) => {
    const row = [...element.querySelectorAll('[data-index]')].find((candidate) => candidate.textContent === text)
    return row ? Math.round(row.getBoundingClientRect().top) : null
  }, before.text)
  expect(place).not.toBeNull()
  expect(Math.abs((place ?? 0) - (before.top + 500))).toBeLessThan(40)
  for (let i = 0; i < 10; i++) {
    await scroll(0)
    await page.waitForTimeout(150)
  }
  await expect(timeline(page).getByText('The session begins.')).toBeVisible()
})

test('a draft survives a reload', async ({ page }) => {
  await mock(page)
  await page.goto(play)
  await page.getByLabel('What do you do or say?').fill('Half a thought')
  await page.reload()
  await expect(page.getByLabel('What do you do or say?')).toHaveValue('Half a thought')
})

test('dice are rolled from the tray and from the sheet', async ({ page }) => {
  await mock(page)
  await page.goto(play)
  await page.getByRole('button', { name: 'Dice', exact: true }).click()
  await page.getByRole('button', { name: 'Roll a d20' }).click()
  await expect(timeline(page).getByText('1d20', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Roll dexterity (+3)' }).click()
  await expect(timeline(page).getByText('1d20+3', { exact: true })).toBeVisible()
})

test('the side of the table opens as a drawer on a phone and is clean', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await mock(page)
  await page.goto(play)
  await page.getByRole('button', { name: 'Open Place' }).click()
  await expect(page.getByRole('button', { name: 'Go to The Patient Eel' })).toBeVisible()
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/drawer-phone.png` })
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map((v) => v.id)).toEqual([])
})

test('a character is picked in the lobby', async ({ page }) => {
  await mock(page, { seated: false })
  await page.goto(play)
  await expect(page.getByRole('button', { name: 'Play as Brother Bram' })).toBeDisabled()
  await page.getByRole('button', { name: 'Play as Asla Reed' }).click()
  await expect(timeline(page)).toBeVisible()
})

test('two people edit the same character: both versions are shown and nothing is lost', async ({ page }) => {
  await mock(page, { stale: true })
  await page.goto(`/campaigns/${campaignId}/canon/${ids.orla}/edit`)
  await page.getByLabel('In one or two sentences').fill('Keeps the inn and smiles too much.')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Somebody else changed this in the meantime')).toBeVisible()
  await expect(page.getByLabel('In one or two sentences, Mine')).toContainText('smiles too much')
  await expect(page.getByLabel('In one or two sentences, Theirs')).toContainText('terrible secret')
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/conflict.png` })
  await page.getByRole('button', { name: 'Save this' }).click()
  await expect(page).toHaveURL(new RegExp(`${ids.orla}$`))
})

test('a half-written form survives a reload', async ({ page }) => {
  await mock(page)
  await page.goto(`/campaigns/${campaignId}/canon/new?kind=quest`)
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('The last lantern')
  await page.reload()
  await expect(page.getByText('You had unsaved changes here')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('The last lantern')
})

test('a long list is drawn in part and read to its end while scrolling', async ({ page }) => {
  await mock(page)
  await page.goto(`/campaigns/${campaignId}/canon?kind=note`)
  await expect(page.getByText('120 entries')).toBeVisible()
  for (let i = 0; i < 12; i++) {
    await page.mouse.wheel(0, 2_000)
    await page.waitForTimeout(60)
  }
  await expect(page.getByText('Note 120', { exact: true })).toBeVisible()
  expect(await page.getByRole('listitem').count()).toBeLessThan(60)
})

test('wrong credentials are said in place, right ones lead to the page that was asked for', async ({ page }) => {
  await mock(page, { signedIn: false })
  await page.goto(`/campaigns/${campaignId}/canon`)
  await expect(page).toHaveURL(/login/)
  await page.getByLabel('User name').fill('mira')
  await page.getByRole('textbox', { name: 'Password' }).fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toContainText('The name or the password is wrong.')
  await page.getByRole('textbox', { name: 'Password' }).fill('right')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(new RegExp(`/campaigns/${campaignId}/canon`))
})

test('a test of a model server shows its exact error', async ({ page }) => {
  await mock(page)
  await page.goto('/settings/ai')
  await page.getByRole('button', { name: 'Connect a model' }).click()
  await page.getByText('llama.cpp', { exact: true }).click()
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(page.getByText('Nothing listens at localhost:8080 (connection refused).')).toBeVisible()
  await page.getByRole('group', { name: 'Start from' }).getByText('Ollama', { exact: true }).click()
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(page.getByText('It answers, in 182 ms.')).toBeVisible()
})

test('a game master looks into the call behind an answer', async ({ page }) => {
  await mock(page)
  await page.goto(play)
  await expect(page.getByText('The model stopped sending', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Why this answer?' }).click()
  await expect(page.getByRole('dialog').getByText('You are the game master…')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
})

test('a player is not offered to look into a call', async ({ page }) => {
  await mock(page, { role: 'player', admin: false })
  await page.goto(play)
  await expect(page.getByText('The model stopped sending', { exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Why this answer?' })).toHaveCount(0)
})

test('a new account lands in the campaign it was invited to', async ({ page }) => {
  await mock(page, { signedIn: false })
  await page.goto('/invite/abc')
  await page.getByLabel('User name').fill('mira')
  await page.getByRole('textbox', { name: 'Password' }).fill('a lantern in the rain')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page).toHaveURL(new RegExp(`/campaigns/${campaignId}$`))
})

test('a fact is revealed to somebody who did not know it', async ({ page }) => {
  await mock(page)
  await page.goto(`/campaigns/${campaignId}/canon/${ids.orla}`)
  const fact = page.getByRole('listitem').filter({ hasText: 'pays the Salt Wardens' })
  await expect(fact).toContainText('Who knows it: GM · Asla Reed')
  await expect(fact).toContainText('from 13 January 1 on')
  await fact.getByRole('button', { name: /Reveal to/ }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: 'Reveal', exact: true })).toBeDisabled()
  await dialog.getByLabel('Who learns it').click()
  await expect(page.getByRole('option', { name: 'Asla Reed' })).toHaveCount(0)
  await page.getByRole('option', { name: 'Brother Bram' }).click()
  await page.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'Reveal', exact: true }).click()
  await expect(fact).toContainText('Brother Bram')
})

test('a place is moved, and not into itself', async ({ page }) => {
  await mock(page)
  await page.goto(`/campaigns/${campaignId}/canon/${ids.village}`)
  await page.getByRole('button', { name: 'Move…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Lies in', { exact: true }).click()
  await page.getByRole('option', { name: 'Church of the Tide' }).click()
  await dialog.getByRole('button', { name: 'Move', exact: true }).click()
  await expect(dialog.getByText(/lies inside Harrow’s End itself/)).toBeVisible()
  await dialog.locator('button[aria-hidden]').click()
  await dialog.getByRole('button', { name: 'Move', exact: true }).click()
  await expect(dialog).toBeHidden()
})

test('the lobby offers characters of one’s own besides the ready-made ones', async ({ page }) => {
  await mock(page, { seated: false, own: true })
  await page.goto(play)
  await expect(page.getByRole('button', { name: 'Continue as Orla Finn' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Play as Asla Reed' })).toBeVisible()
})

test('a game master decides suggestions by keys alone', async ({ page }) => {
  await mock(page)
  await page.goto(`/campaigns/${campaignId}/proposals`)
  const list = page.getByRole('listbox', { name: 'Suggestions' })
  const chosen = list.getByRole('option', { selected: true })
  await list.focus()
  await expect(chosen).toContainText('Orla')
  await page.keyboard.press('j')
  await expect(chosen).toContainText('Captain Roe')
  await page.keyboard.press('a')
  await expect(page.getByRole('status').filter({ hasText: 'Accepted: Captain Roe. 2 left.' })).toBeAttached()
  await expect(list).toBeFocused()
  await expect(chosen).toContainText('Captain Roe sailed')
  await page.keyboard.press('r')
  await page.getByLabel('A word to the author, if you like').fill('He sailed at dusk')
  await page.keyboard.press('Enter')
  await expect(list.getByRole('option')).toHaveCount(1)
  await expect(list).toBeFocused()
  await page.keyboard.press('u')
  await expect(list.getByRole('option')).toHaveCount(2)
  await expect(chosen).toContainText('Captain Roe sailed')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
})
