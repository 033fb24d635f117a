/** The shapes of answers. */
import type * as T from '../../src/api/types'
import * as world from './world'

export const page = <X>(items: X[], next: string | null = null, total = items.length) => ({
  items,
  next_cursor: next,
  total,
})

export function brief(entity: T.EntityOut): T.EntityBrief {
  const { id, kind, subtype, name, summary, tags, parent_id, visibility } = entity
  const child_count = world.entities.filter((other) => other.parent_id === id).length
  return {
    id,
    kind,
    subtype,
    name,
    summary,
    tags,
    parent_id,
    visibility,
    ...(kind === 'location' ? { child_count } : {}),
  }
}

export function problem(status: number, error_code: string, detail: string, more: object = {}) {
  return { type: 'about:blank', title: detail, status, detail, error_code, errors: [], ...more }
}
