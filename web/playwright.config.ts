import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'

/** Two runs on one machine take different ports. */
const port = process.env.E2E_PORT ?? '4173'
const system = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** `SKALD_URL` names a running server for the journeys; the screens are looked at with answers made up in the browser. */
export default defineConfig({
  testDir: 'e2e',
  timeout: 30_000,
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    launchOptions: {
      ...(existsSync(system) ? { executablePath: system } : {}),
      args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'],
    },
  },
  webServer: {
    command: `npx vite preview --port ${port} --strictPort --host 127.0.0.1`,
    url: `http://127.0.0.1:${port}`,
    reuseExistingServer: false,
  },
})
