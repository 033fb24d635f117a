/** Suggestions that wait. */
import type { Proposal, ProposalBrief } from '../../src/features/proposals/queries'
import * as world from './world'

const field = (name: string, before: unknown, after: unknown, more: object = {}) => ({
  field: name,
  change: before === null ? 'added' : 'changed',
  before,
  after,
  conflict: false,
  locked: false,
  ...more,
})

function proposal(more: object): Proposal {
  return {
    id: world.id(),
    author: { kind: 'member', user_id: world.other.id, name: 'Jonas' },
    batch: null,
    target_type: 'entity',
    operation: 'update',
    entity_kind: 'character',
    target_id: world.ids.orla,
    label: 'Orla',
    fields: ['summary'],
    ref: null,
    reason: '',
    status: 'open',
    decided_by: null,
    decided_at: null,
    decided_note: '',
    result_id: null,
    version: 1,
    created_at: world.campaign.updated_at,
    change: {},
    evidence: [],
    base_version: 1,
    target_version: 1,
    gone: false,
    diff: [],
    needs: [],
    names: {},
    ...more,
  } as unknown as Proposal
}

const batch = { id: world.id(), title: 'From the letters' }
const captain = proposal({
  label: 'Captain Roe',
  author: { kind: 'ai', task: 'read', call_id: 'c1' },
  batch,
  operation: 'create',
  target_id: null,
  ref: 'captain',
  reason: 'Two letters name him, and nothing in the canon does.',
  evidence: [{ kind: 'text', quote: 'Roe sailed at dawn, and the bell was aboard.', ref: 'letters.txt' }],
  change: { kind: 'character', name: 'Captain Roe', tags: ['sea'] },
  diff: [field('kind', null, 'character'), field('name', null, 'Captain Roe'), field('tags', null, ['sea'])],
})

export const suggestions: Proposal[] = [
  proposal({
    label: 'Orla, who keeps the inn',
    reason: 'She told us on the second evening that she has never heard the bell.',
    evidence: [{ kind: 'entry', ref: `${world.sessionId}/${world.id()}`, quote: 'I sleep through it. I always have.' }],
    change: { body: 'x', summary: 'y', tags: ['inn', 'deaf'] },
    fields: ['body', 'summary', 'tags'],
    diff: [
      field(
        'body',
        'She keeps the *Patient Eel* and its ledger, and nobody has seen her sleep.',
        'She keeps the *Patient Eel* and its ledger. She sleeps through the bell: she cannot hear it.',
      ),
      field('summary', 'Keeps the inn and its secrets.', 'Keeps the inn. Deaf to the bell.', {
        conflict: true,
        base: 'Keeps the inn.',
      }),
      field('tags', ['inn'], ['inn', 'deaf']),
    ],
  }),
  captain,
  proposal({
    label: 'Captain Roe sailed: At dawn, with the bell aboard.',
    author: { kind: 'ai', task: 'read', call_id: 'c1' },
    batch,
    target_type: 'fact',
    operation: 'create',
    entity_kind: null,
    target_id: null,
    needs: [captain.id],
    change: { subject_id: 'ref:captain', predicate: 'sailed', text: 'At dawn, with the bell aboard.' },
    diff: [
      field('subject_id', null, 'ref:captain'),
      field('predicate', null, 'sailed'),
      field('text', null, 'At dawn, with the bell aboard.'),
      field('knowers', null, [{ type: 'everyone' }]),
    ],
    names: { 'ref:captain': 'Captain Roe' },
  }),
]

export function briefOf(proposal: Proposal): ProposalBrief {
  const { change: _, evidence: _e, diff: _d, needs: _n, names: _names, ...brief } = proposal
  return brief
}
