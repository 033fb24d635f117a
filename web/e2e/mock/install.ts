/** Answers the app's requests and its socket from the small world, inside the browser test. */
import type { Page, Route, WebSocketRoute } from '@playwright/test'
import type * as T from '../../src/api/types'
import { presets } from '../../src/features/calendar/presets'
import { brief, page, problem } from './answers'
import * as money from './money'
import { pages } from './pages'
import { briefOf, suggestions } from './suggestions'
import * as world from './world'

export interface MockOptions {
  signedIn?: boolean
  setupNeeded?: boolean
  seated?: boolean
  role?: T.Role
  admin?: boolean
  /** A character that is not ready-made belongs to the viewer. */
  own?: boolean
  /** The next PATCH of an entity is refused as stale. */
  stale?: boolean
}

export interface Mock {
  sockets: WebSocketRoute[]
  broadcast(frame: object): void
}

export async function mock(target: Page, options: MockOptions = {}): Promise<Mock> {
  let signedIn = options.signedIn ?? true
  const token: T.TokenOut = {
    access_token: 'mock',
    expires_in: 900,
    user: { ...world.me, site_role: options.admin === false ? 'user' : 'admin' },
  }
  let stale = options.stale ?? false
  const session = structuredClone(world.session)
  if (options.seated === false) session.participants = session.participants.slice(1)
  const campaign = { ...world.campaign, role: options.role ?? world.campaign.role }
  const entries = [...world.entries]
  const facts = structuredClone(world.facts)
  let routes: Record<string, string[]> = {
    ...Object.fromEntries(
      ['dialogue', 'extract', 'summarize', 'classify', 'outline', 'write', 'critique', 'embed'].map((task) => [
        task,
        [],
      ]),
    ),
    default: ['p1', 'oracle'],
    narrate: ['p1', 'oracle'],
    generate: [],
  }
  const proposals = structuredClone(suggestions)

  const answer = (
    method: string,
    path: string,
    query: URLSearchParams,
    body: Record<string, unknown>,
  ): [number, unknown] => {
    const ok = (value: unknown): [number, unknown] => [200, value]
    if (path === '/setup') return method === 'GET' ? ok({ needed: options.setupNeeded ?? false }) : [201, token]
    if (path === '/auth/refresh') return signedIn ? ok(token) : [204, null]
    if (path === '/auth/login') {
      if (body.password === 'wrong') return [401, problem(401, 'wrong_credentials', 'Name or password is wrong.')]
      signedIn = true
      return ok(token)
    }
    if (path === '/auth/sessions')
      return ok([
        {
          id: 'd1',
          label: 'Firefox on Linux',
          ip: '192.168.1.20',
          created_at: world.me.created_at,
          last_used_at: new Date().toISOString(),
          current: true,
        },
        {
          id: 'd2',
          label: 'Safari on iPhone',
          ip: '192.168.1.31',
          created_at: world.me.created_at,
          last_used_at: world.campaign.updated_at,
          current: false,
        },
      ])
    if (path === '/auth/tokens') {
      const shown = {
        id: 't1',
        name: 'Notes on my laptop',
        scope: 'read',
        campaign_id: campaign.id,
        campaign_name: campaign.name,
        created_at: world.me.created_at,
        expires_at: new Date(Date.now() + 40 * 86_400_000).toISOString(),
        last_used_at: world.campaign.updated_at,
      }
      if (method === 'POST') return [201, { token: `skald_pat_${'0123456789abcdef'.repeat(4)}`, access_token: shown }]
      const other = { ...shown, id: 't2', name: 'Assistant', scope: 'write', campaign_id: null, campaign_name: null }
      return ok([shown, { ...other, last_used_at: null, expires_at: null }])
    }
    if (path === '/users/me') return ok({ ...world.me, ...body })
    if (path === '/auth/register') {
      signedIn = true
      return [201, token]
    }
    if (path.startsWith('/invitations/code/'))
      return ok({ campaign_name: campaign.name, role: 'player', inviter: 'Jonas' })
    if (path === '/live/ticket') return ok({ ticket: 't', expires_in: 30 })
    if (path === '/campaigns')
      return ok(
        page([
          campaign,
          { ...campaign, id: world.id(), name: 'Ashes over Vinterheim', role: 'player', description: '' },
        ]),
      )
    const kept = pages(path, method, { user_id: world.me.id, display_name: world.me.display_name })
    if (kept) return ok(kept)
    const inside = path.match(/^\/campaigns\/[^/]+(\/.*)?$/)
    if (inside) return campaignAnswer(method, inside[1] ?? '', query, body)
    const one = path.match(/^\/entities\/([^/]+)(\/relationships)?$/)
    if (one?.[2]) return ok(page(world.relationships.filter((r) => r.from_id === one[1])))
    if (one) {
      const entity = world.entities.find((e) => e.id === one[1])
      if (!entity) return [404, problem(404, 'not_found', 'Nothing here.')]
      const ancestors: { id: string; name: string }[] = []
      for (let up = entity.parent_id; up; ) {
        const above = world.entities.find((e) => e.id === up)
        if (!above) break
        ancestors.unshift({ id: above.id, name: above.name })
        up = above.parent_id
      }
      if (method === 'PATCH' && stale) {
        stale = false
        return [
          412,
          problem(412, 'version_stale', 'Stale.', {
            current: { ...entity, version: 2, summary: 'Keeps the inn and a terrible secret.' },
          }),
        ]
      }
      return ok({ ...entity, ...body, ancestors })
    }
    const suggested = path.match(/^\/proposals\/([^/]+)(\/(accept|reject|undo))?$/)
    const proposal = proposals.find((known) => known.id === suggested?.[1])
    if (suggested && proposal) {
      if (suggested[3] === 'accept') proposal.status = 'accepted'
      if (suggested[3] === 'reject') proposal.status = 'rejected'
      if (suggested[3] === 'undo') proposal.status = 'open'
      return ok(proposal)
    }
    const moved = path.match(/^\/locations\/([^/]+)\/move$/)
    if (moved) {
      const place = world.entities.find((e) => e.id === moved[1])
      const inside = world.entities.find((e) => e.id === body.parent_id)?.parent_id === place?.id
      if (inside) return [409, problem(409, 'location_cycle', 'A location cannot lie inside itself.')]
      return ok({ ...place, ...body, version: 2 })
    }
    const revealed = facts.find((fact) => path === `/facts/${fact.id}/reveal`)
    if (revealed) {
      const to = body.to as T.Knower[]
      revealed.knowers = [...(revealed.knowers ?? []), ...to]
      const since = new Date().toISOString()
      revealed.known = [...(revealed.known ?? []), ...to.map((by) => ({ by, known_from: null, since }))]
      return ok(revealed)
    }
    const kids = path.match(/^\/locations\/([^/]+)\/children$/)
    if (kids) return ok(page(world.entities.filter((e) => e.parent_id === kids[1]).map(brief)))
    if (path.endsWith('/join')) {
      session.participants = structuredClone(world.session.participants)
      return ok(session)
    }
    if (path.endsWith('/entries')) {
      const before = Number(query.get('before_seq') ?? 1e9)
      return ok(page(entries.filter((e) => e.seq < before).slice(-50)))
    }
    if (path.startsWith('/sessions/')) return ok(session)
    if (path.endsWith('/state')) return ok(world.game)
    if (path === '/ai/providers')
      return ok(
        page([
          {
            id: 'p1',
            name: 'Ollama',
            kind: 'openai',
            base_url: 'http://localhost:11434/v1',
            model: 'qwen3:8b',
            has_key: false,
            outside: false,
            enabled: true,
            max_parallel: 8,
            price: { source: 'local', price: { input: 0, output: 0 }, as_of: null },
            version: 1,
          },
        ]),
      )
    if (path === '/ai/models') return ok(page([]))
    if (path === '/ai/providers/test')
      return ok(
        String(body.base_url).includes('8080')
          ? {
              ok: false,
              latency_ms: 3,
              models: [],
              sample: null,
              error: {
                error_code: 'provider_unreachable',
                detail: 'Nothing listens at localhost:8080 (connection refused).',
              },
            }
          : {
              ok: true,
              latency_ms: 182,
              models: ['qwen3:8b', 'mistral-small'],
              sample: 'The bell rings.',
              error: null,
            },
      )
    if (path === '/ai/budgets') return ok(page(money.budgets))
    if (path === '/ai/usage') return ok(money.usage(query.get('by') ?? 'day'))
    if (path === '/ai/outbound') return ok(page(money.outbound))
    if (path === '/ai/routes') {
      if (method === 'PUT') routes = body as typeof routes
      return ok(routes)
    }
    if (path === '/ai/calls')
      return ok(
        page([
          {
            id: 'c1',
            task: 'narrate',
            provider: 'Ollama',
            model: 'qwen3:8b',
            outcome: 'ok',
            label: 'Ollama · qwen3:8b',
            attempts: 1,
            input_tokens: 1810,
            output_tokens: 142,
            cached_tokens: 0,
            estimated: false,
            cost_nano: 0,
            total_ms: 2210,
            created_at: new Date().toISOString(),
          },
        ]),
      )
    if (path.startsWith('/ai/calls/'))
      return ok({
        id: 'c1',
        task: 'narrate',
        provider: 'Ollama',
        model: 'qwen3:8b',
        outcome: 'ok',
        label: 'Ollama · qwen3:8b',
        attempts: 1,
        input_tokens: 1810,
        output_tokens: 142,
        cached_tokens: 0,
        estimated: false,
        total_ms: 2210,
        created_at: new Date().toISOString(),
        reply: 'The bell rings.',
        tool_calls: [],
        tried: [],
        prompt_hash: 'abc',
        request: {
          seed: 7,
          messages: [
            { role: 'system', content: 'You are the game master…' },
            { role: 'user', content: 'I look around.' },
          ],
        },
        receipt: { facts: 4, dropped: [] },
      })
    return [404, problem(404, 'not_found', `mock has no ${method} ${path}`)]
  }

  const campaignAnswer = (
    method: string,
    path: string,
    query: URLSearchParams,
    body: Record<string, unknown>,
  ): [number, unknown] => {
    const ok = (value: unknown): [number, unknown] => [200, value]
    switch (path) {
      case '':
        return ok(campaign)
      case '/members':
        return ok(
          page([
            {
              user_id: world.me.id,
              display_name: 'Mira',
              role: 'gm',
              joined_at: world.me.created_at,
              characters: options.own ? [world.ids.orla] : [],
            },
            {
              user_id: world.other.id,
              display_name: 'Jonas',
              role: 'player',
              joined_at: world.me.created_at,
              characters: [world.ids.bram],
            },
          ]),
        )
      case '/invitations':
        return ok(page([{ id: 'i1', code: 'k3v9-salt-eel', role: 'player', uses: 1, max_uses: 4, expires_at: null }]))
      case '/sessions':
        return ok(page([session]))
      case '/ready-made':
        return ok(
          page(
            world.entities
              .filter((e) => e.fields.ready_made)
              .map(({ id, name, summary, fields }) => ({
                id,
                name,
                summary,
                fields,
                taken_by: name.startsWith('Brother') ? world.other.id : null,
              })),
          ),
        )
      case '/proposals':
        return ok({
          items: proposals.filter((one) => !query.get('status') || one.status === query.get('status')).map(briefOf),
          next_cursor: null,
          counts: { open: proposals.length, accepted: 0, edited: 0, rejected: 0, superseded: 0 },
        })
      case '/proposals/policy':
        return ok({ rules: [], version: 0 })
      case '/maps':
        return ok(page([]))
      case '/locations':
        return ok(page(world.entities.filter((e) => e.kind === 'location' && !e.parent_id).map(brief)))
      case '/facts':
        return ok(
          page(
            facts.filter((f) => !query.get('subject_id') || f.subject_id === query.get('subject_id')),
            null,
            facts.length,
          ),
        )
      case '/calendar':
        return ok({ definition: presets.gregorian, present: 17_400, present_text: '13 January 1, 02:00', version: 1 })
      case '/entities': {
        if (method === 'POST') return [201, { ...world.entities[0], ...body, id: world.ids.orla }]
        const q = query.get('q')?.toLowerCase()
        const all = world.entities.filter(
          (e) => (!query.get('kind') || e.kind === query.get('kind')) && (!q || e.name.toLowerCase().includes(q)),
        )
        const from = Number(query.get('cursor') ?? 0)
        const limit = Number(query.get('limit') ?? 50)
        return ok(
          page(
            all.slice(from, from + limit).map(brief),
            from + limit < all.length ? String(from + limit) : null,
            all.length,
          ),
        )
      }
      default:
        return [404, problem(404, 'not_found', `mock has no ${method} ${path}`)]
    }
  }

  await target.route('**/api/v1/**', async (route: Route) => {
    const request = route.request()
    const url = new URL(request.url())
    const [status, json] = answer(
      request.method(),
      url.pathname.replace('/api/v1', ''),
      url.searchParams,
      request.postDataJSON() ?? {},
    )
    await route.fulfill(status === 204 ? { status } : { status, json: json as object })
  })

  const sockets: WebSocketRoute[] = []
  const out: Mock = {
    sockets,
    broadcast: (frame) => {
      for (const socket of sockets) socket.send(JSON.stringify(frame))
    },
  }
  const stream = `session:${session.id}`
  await target.routeWebSocket(/\/api\/v1\/live/, (socket) => {
    sockets.push(socket)
    const send = (frame: object) => socket.send(JSON.stringify(frame))
    send({ type: 'hello', epoch: 'e1', heartbeat_ms: 30000 })
    socket.onMessage((text) => {
      const frame = JSON.parse(String(text))
      if (frame.type === 'ping') send({ type: 'pong' })
      if (frame.type === 'subscribe' && frame.stream === stream) {
        const seq = entries.length
        if (frame.last_seq === undefined) {
          send({ type: 'snapshot', stream, seq, state: { session, entries: entries.slice(-50), game: world.game } })
        } else {
          for (const entry of entries.slice(frame.last_seq)) send({ type: 'entry', stream, seq: entry.seq, entry })
          send({ type: 'resumed', stream, seq })
        }
        send({
          type: 'ephemeral',
          stream,
          kind: 'presence',
          data: {
            users: [
              { user_id: world.me.id, display_name: 'Mira' },
              { user_id: world.other.id, display_name: 'Jonas' },
            ],
          },
        })
      } else if (frame.type === 'subscribe') send({ type: 'snapshot', stream: frame.stream, seq: 0, state: {} })
      if (frame.type === 'command') void command(frame, send)
    })
  })

  const add = (
    part: Partial<T.EntryOut> & Pick<T.EntryOut, 'kind' | 'author' | 'text'>,
    parent?: string | null,
  ): T.EntryOut => {
    const entry: T.EntryOut = {
      id: world.id(),
      session_id: session.id,
      seq: entries.length + 1,
      parent_id: parent === undefined ? (entries[entries.length - 1]?.id ?? null) : parent,
      data: {},
      generation_id: null,
      created_at: new Date().toISOString(),
      ...part,
    }
    entries.push(entry)
    out.broadcast({ type: 'entry', stream, seq: entry.seq, entry })
    return entry
  }

  const command = async (
    frame: { id: string; name: string; args: Record<string, string> },
    send: (frame: object) => void,
  ) => {
    if (frame.name === 'say') {
      const said = add({ kind: 'message', author: world.mira, text: frame.args.text ?? '' })
      send({ type: 'ack', id: frame.id, seq: said.seq })
      await tell(undefined)
      return
    }
    if (frame.name === 'roll') {
      const rolled = add({
        kind: 'roll',
        author: world.engine,
        text: '',
        data: {
          notation: frame.args.notation,
          dice: [{ sides: 20, value: 11, kept: true }],
          modifier: 0,
          total: 11,
          purpose: frame.args.purpose ?? '',
          seed: 1,
        },
      })
      send({ type: 'ack', id: frame.id, seq: rolled.seq })
      return
    }
    send({ type: 'ack', id: frame.id })
    if (frame.name === 'retry') {
      const first = entries.find((e) => e.generation_id === frame.args.generation_id)
      await tell(first?.parent_id)
    }
  }

  const tell = async (parent: string | null | undefined) => {
    const generation_id = world.id()
    const say = (data: object) =>
      out.broadcast({ type: 'ephemeral', stream, kind: 'generation', data: { generation_id, ...data } })
    say({ status: 'started', label: 'qwen3:8b' })
    await new Promise((done) => setTimeout(done, 250))
    const text =
      'The rope leads down the slip and under the black water. When you pull, something on the other end *pulls back*.\n\nBehind you, a shutter opens a hand’s breadth. “Leave it,” says Orla. 🔔'
    let offset = 0
    for (const word of text.split(/(?<= )/)) {
      say({ status: 'delta', part: 0, offset, text: word })
      offset += [...word].length
      await new Promise((done) => setTimeout(done, 25))
    }
    add(
      {
        kind: 'narration',
        author: world.master,
        generation_id,
        text,
        data: { status: 'complete', part: 0, final: true, label: 'qwen3:8b' },
      },
      parent,
    )
    say({ status: 'ended' })
  }
  return out
}
