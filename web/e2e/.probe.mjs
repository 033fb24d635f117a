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
await p.goto(B + '/setup?code=' + code)
await p.waitForTimeout(1500)
await p.screenshot({ path: '/tmp/shots2/1-setup.png' })
console.log(await p.locator('label').allTextContents(), await p.locator('button').allTextContents())
await b.close()
