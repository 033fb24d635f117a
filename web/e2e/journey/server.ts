/** The real server as a process that can be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const binary = process.env.SKALD_TEST_BINARY ?? resolve(import.meta.dirname, '../../../target/debug/skald')

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer()
    probe.on('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? done(address.port) : fail(new Error('no port'))))
    })
  })
}

export class Skald {
  readonly url: string
  setupLink = ''
  private process: ChildProcess | null = null

  private constructor(
    private readonly port: number,
    private readonly folder: string,
  ) {
    this.url = `http://127.0.0.1:${port}`
  }

  static async begin(): Promise<Skald> {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: build it with cargo build -p skald`)
    const skald = new Skald(await freePort(), mkdtempSync(join(tmpdir(), 'skald-journey-')))
    await skald.start()
    return skald
  }

  /** Starts it and waits until it says where it is. */
  start(): Promise<void> {
    const env: NodeJS.ProcessEnv = { ...process.env, SKALD_ORACLE_PACE_MS: '45' }
    const child = spawn(binary, ['serve', '--demo', '--data-dir', this.folder, '--listen', `127.0.0.1:${this.port}`], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.process = child
    return new Promise((done, fail) => {
      let said = ''
      let log = ''
      child.stdout.on('data', (bytes) => {
        said += String(bytes)
        const link = /(http:\S+\/setup\?code=\S+)/.exec(said)
        if (link?.[1]) this.setupLink = link[1]
        if (said.includes('Skald is running') && said.endsWith('\n\n')) done()
      })
      child.stderr.on('data', (bytes) => {
        log += String(bytes)
      })
      child.on('exit', (code) => fail(new Error(`the server ended with ${code}:\n${log}`)))
    })
  }

  /** As a power cut would: nothing is finished, nothing is said. */
  kill(): Promise<void> {
    const child = this.process
    return new Promise((done) => {
      if (!child || child.exitCode !== null) return done()
      child.on('exit', () => done())
      child.kill('SIGKILL')
    })
  }

  async end(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
