import { chromium } from '@playwright/test'
import fs from 'fs'

const code = /set-up code (\S+)\)/.exec(fs.readFileSync('/tmp/d1.log', 'utf8'))[1]
const B = 'http://127.0.0.1:8123'
const b = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'],
})
const ctx = await b.newContext({ viewport: { width: 1280, height: 800 } })
const p = await ctx.newPage()
p.on('console', (m) => {
  if (m.type() == 'error') console.log('CONSOLE', m.text())
})
p.on('pageerror', (e) => console.log('PAGEERR', e))
p.on('response', async (r) => {
  if (r.status() >= 400)
    console.log(r.request().method(), r.url(), r.status(), (await r.text().catch(() => '')).slice(0, 300))
})
await p.goto(B + '/setup?code=' + code)
await p.getByLabel('User name').fill('ada')
await p.getByLabel('Your name at the table').fill('Ada')
await p.getByLabel('Password').first().fill('correct horse battery')
await p.getByRole('button', { name: 'Create the admin account' }).click()
await p.waitForTimeout(2000)
await p.screenshot({ path: '/tmp/shots2/2-campaigns.png' })
console.log(p.url())
await p.getByText('The Backward River').first().click()
await p.waitForTimeout(1500)
await p.screenshot({ path: '/tmp/shots2/3-home.png' })
console.log(p.url())
const btns = await p.locator('button, a').allTextContents()
console.log(btns.join(' | '))
await ctx.storageState({ path: '/tmp/state.json' })
await b.close()
