/** Budgets, usage and what left the house, as the server would say it. */
import { campaignId } from './world'

const none = { nano: 0, calls: 0, tokens: 0 }

export const budgets = [
  {
    id: 'b1',
    scope: 'campaign',
    scope_id: campaignId,
    name: 'Vale',
    set_by: 'admin',
    period: 'month',
    limit_nano: 20_000_000_000,
    limit_calls: null,
    limit_tokens: 5_000_000,
    allow_unknown: false,
    spent: { nano: 7_400_000_000, calls: 214, tokens: 1_730_000 },
    reserved: { nano: 900_000_000, calls: 3, tokens: 30_000 },
    unknown_calls: 0,
    renews_at: '2026-12-01T00:00:00Z',
  },
  {
    id: 'b2',
    scope: 'campaign',
    scope_id: campaignId,
    name: 'Vale',
    set_by: 'gm',
    period: 'day',
    limit_nano: null,
    limit_calls: 40,
    limit_tokens: null,
    allow_unknown: false,
    spent: { ...none, calls: 40 },
    reserved: none,
    unknown_calls: 2,
    renews_at: '2026-11-22T00:00:00Z',
  },
]

const row = (key: string, name: string | null, requests: number) => ({
  key,
  name,
  requests,
  failed: requests > 50 ? 2 : 0,
  outside: requests,
  input_tokens: requests * 7_000,
  cached_tokens: requests * 2_000,
  output_tokens: requests * 400,
  reasoning_tokens: 0,
  cost_nano: requests * 34_000_000,
  unknown_requests: 0,
})

const rows: Record<string, ReturnType<typeof row>[]> = {
  day: [3, 12, 0, 40, 22, 9].map((n, i) => row(`2026-11-${10 + i * 2}`, null, n)).filter((r) => r.requests > 0),
  task: [row('narrate', null, 80), row('probe', null, 6)],
  model: [row('Cloud · large', null, 60), row('Ollama · qwen3:8b', null, 26)],
  member: [row('u1', 'Orla', 50), row('u2', 'Tom', 36)],
  campaign: [row(campaignId, 'Vale', 86)],
}

export const usage = (by: string) => ({
  from: '2026-10-23',
  to: '2026-11-21',
  by,
  total: row('', null, 86),
  rows: rows[by] ?? [],
})

export const outbound = [
  {
    id: 'o1',
    call_id: 'c1',
    at: '2026-11-21T09:00:00Z',
    provider_id: 'p2',
    provider: 'Cloud',
    host: 'api.example.org',
    model: 'large',
    task: 'narrate',
    campaign_id: campaignId,
    campaign: 'Vale',
    user_id: 'u1',
    user: 'Orla',
    sent_bytes: 28_400,
    status: 'ok',
    error_code: null,
    cost_nano: 34_000_000,
  },
]
