/** What a game master writes in the place of a suggestion. Pure. */
import type { Change, Proposal } from './queries'

/** What the form begins with: each part joined with what changed since, as the server joined it. */
export function startOf(proposal: Proposal, fieldsNow: Change): Change {
  const start: Change = {}
  for (const [name, value] of Object.entries(proposal.change)) {
    const part = proposal.diff.find((field) => field.field === name)
    start[name] = part ? part.after : value
  }
  if ('fields' in start && proposal.operation === 'update') {
    const fields: Change = { ...fieldsNow }
    for (const { field, after } of proposal.diff) {
      const key = field.startsWith('fields.') ? field.slice('fields.'.length) : null
      if (key === null) continue
      if (after === null) delete fields[key]
      else fields[key] = after
    }
    start.fields = fields
  }
  return start
}

/** What a value is edited with. */
export type Input = 'line' | 'text' | 'number' | 'switch' | 'words' | 'json'

export function inputOf(name: string, value: unknown): Input {
  if (['body', 'text', 'note', 'summary'].includes(name)) return 'text'
  if (['name', 'predicate'].includes(name) || (name === 'kind' && typeof value === 'string')) return 'line'
  if (['story_from', 'story_to', 'story_time', 'find_dc', 'strength'].includes(name)) return 'number'
  if (typeof value === 'boolean') return 'switch'
  if (['aliases', 'tags'].includes(name)) return 'words'
  return 'json'
}
