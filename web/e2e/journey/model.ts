/** A small OpenAI-compatible service on this machine, which fails when it is told to. */
import { createServer, type Server } from 'node:http'

export class Model {
  url = ''
  /** What the next answers do. */
  mode: 'tell' | 'limit' | 'cut' = 'tell'
  asked = 0
  private server: Server | null = null

  async begin(): Promise<void> {
    this.server = createServer((request, response) => {
      if (request.url?.endsWith('/models')) {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ object: 'list', data: [{ id: 'hearth-7b', object: 'model' }] }))
        return
      }
      request.resume()
      request.on('end', () => {
        this.asked += 1
        if (this.mode === 'limit') {
          response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '3600' })
          response.end(JSON.stringify({ error: { message: 'Slow down, please.', type: 'rate_limit' } }))
          return
        }
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        const piece = (delta: object, finish: string | null = null) =>
          response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`)
        for (const word of ['Somewhere ', 'above ', 'you ', 'a ', 'jackdaw ', 'laughs.']) piece({ content: word })
        if (this.mode === 'cut') {
          // What was said leaves before the line goes dead.
          response.write('\n', () => response.destroy())
          return
        }
        piece({}, 'stop')
        response.end('data: [DONE]\n\n')
      })
    })
    await new Promise<void>((done) => this.server?.listen(0, '127.0.0.1', done))
    const address = this.server.address()
    if (address && typeof address === 'object') this.url = `http://127.0.0.1:${address.port}/v1`
  }

  async end(): Promise<void> {
    this.server?.closeAllConnections()
    await new Promise<void>((done) => (this.server ? this.server.close(() => done()) : done()))
  }
}
