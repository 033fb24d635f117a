/** History, trash, audit log and backlinks of the small world. */
import { page } from './answers'
import * as world from './world'

const at = '2026-05-02T18:30:00Z'

/** What the server answers, or null where the path is about something else. */
export function pages(path: string, method: string, me: { user_id: string; display_name: string }): unknown {
  const by = { id: me.user_id, display_name: me.display_name }
  const version = (n: number, action: string, changed: string[]) => ({ version: n, action, changed, by, at })
  if (/^\/entities\/[^/]+\/history$/.test(path))
    return page([
      version(3, 'update', ['body', 'fields.climate']),
      version(2, 'move', ['parent_id']),
      version(1, 'create', []),
    ])
  if (method === 'GET' && /^\/entities\/[^/]+\/history\/\d+$/.test(path))
    return {
      ...version(3, 'update', ['body', 'fields.climate']),
      snapshot: {},
      compared_with: 2,
      diff: [
        {
          field: 'body',
          before: 'The mill stands by the river.\nNobody goes there at night.\n',
          after: 'The old mill stands by the river.\nNobody goes there at night.\nIts wheel still turns.\n',
        },
        { field: 'fields.climate', before: 'wet', after: 'dry' },
      ],
      names: [],
    }
  if (/^\/entities\/[^/]+\/backlinks$/.test(path))
    return page([
      {
        id: world.ids.orla,
        kind: 'character',
        name: 'Orla',
        excerpt: '… keeps the inn beside it, and a lamp in its window …',
      },
    ])
  if (/^\/campaigns\/[^/]+\/trash$/.test(path)) {
    const row = {
      entity_id: world.ids.orla,
      entity_kind: 'character',
      name: 'Orla',
      version: 2,
      deleted_by: by,
      deleted_at: at,
    }
    return page([
      {
        ...row,
        type: 'entity',
        id: world.id(),
        name: 'Ferryman',
        predicate: null,
        other_name: null,
        text: 'Knows the river.',
        waits_for: null,
      },
      {
        ...row,
        type: 'fact',
        id: world.id(),
        predicate: 'owes',
        other_name: 'Ferryman',
        text: 'Two silver.',
        waits_for: 'Ferryman',
      },
    ])
  }
  if (/^\/campaigns\/[^/]+\/audit$/.test(path)) {
    const line = { at, user: by, subject_id: world.ids.orla, subject_name: 'Orla', request_id: 'r' }
    return page([
      { ...line, id: world.id(), action: 'entity.update', detail: { changed: ['summary'], version: 2 } },
      { ...line, id: world.id(), action: 'member.join', subject_name: null, detail: { role: 'player' } },
    ])
  }
  return null
}
