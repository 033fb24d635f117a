import { chromium } from '@playwright/test'
import fs from 'fs'
const B='http://127.0.0.1:8123'
const b = await chromium.launch({executablePath:'/usr/bin/chromium', args:['--no-sandbox','--headless','--disable-gpu','--disable-background-networking']})
const ctx = await b.newContext({viewport:{width:1280,height:800}, storageState:'/tmp/state.json'})
const p = await ctx.newPage()
p.on('console', m=>{ if(m.type()=='error') console.log('CONSOLE', m.text()) }); p.on('pageerror', e=>console.log('PAGEERR', e))
p.on('response', async r=>{ if(r.status()>=400) console.log(r.request().method(), r.url(), r.status(), (await r.text().catch(()=>'')).slice(0,300)) })
await p.goto(B+'/campaigns'); await p.getByText('The Backward River').first().click(); 
await p.getByRole('button',{name:'Start a game'}).click(); await p.waitForTimeout(2500); await p.screenshot({path:'/tmp/shots2/4-lobby.png'}); console.log(p.url())
console.log((await p.locator('button, a').allTextContents()).join(' | '))
await ctx.storageState({path:'/tmp/state.json'}); 
await b.close()
