/** An entity being written: what the form holds, what changed, and how two versions are brought together. */
import type { EntityIn, EntityKind, EntityOut, EntityPatch, Fields, Subtype, Visibility } from '@/api/types'

export interface EntityValues {
  subtype: Subtype | null
  name: string
  aliases: string[]
  summary: string
  body: string
  tags: string[]
  fields: Fields
  visibility: Visibility
  visible_to: string[]
  parent_id: string | null
  portrait_id: string | null
}

export type ValueKey = keyof EntityValues

/** The version the person started from goes with the draft, so that a stale one is noticed after a reload too. */
export interface EntityDraft {
  base: number
  original: EntityValues
  values: EntityValues
}

export const keys: ValueKey[] = [
  'name',
  'aliases',
  'summary',
  'body',
  'tags',
  'subtype',
  'parent_id',
  'portrait_id',
  'fields',
  'visibility',
  'visible_to',
]

export function emptyValues(kind: EntityKind, parent: string | null): EntityValues {
  return {
    subtype: kind === 'character' ? 'npc' : null,
    name: '',
    aliases: [],
    summary: '',
    body: '',
    tags: [],
    fields: {},
    visibility: kind === 'plot' ? 'gm' : 'everyone',
    visible_to: [],
    parent_id: parent,
    portrait_id: null,
  }
}

export function valuesOf(entity: EntityOut): EntityValues {
  const { name, aliases, summary, body, tags, fields, visibility } = entity
  return {
    subtype: entity.subtype ?? null,
    name,
    aliases,
    summary,
    body,
    tags,
    fields,
    visibility,
    parent_id: entity.parent_id ?? null,
    portrait_id: entity.portrait_id ?? null,
    visible_to: entity.visible_to ?? [],
  }
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  )
}

export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b))
}

export function changedKeys(from: EntityValues, to: EntityValues): ValueKey[] {
  return keys.filter((key) => !same(from[key], to[key]))
}

/** Only what the person changed, so that two people editing different parts do not undo each other. */
export function patchOf(from: EntityValues, to: EntityValues): EntityPatch {
  return Object.fromEntries(changedKeys(from, to).map((key) => [key, to[key]])) as EntityPatch
}

export function createOf(kind: EntityKind, values: EntityValues): EntityIn {
  const { subtype, parent_id, portrait_id, visible_to, ...rest } = values
  return {
    kind,
    ...rest,
    ...(subtype ? { subtype } : {}),
    ...(parent_id ? { parent_id } : {}),
    ...(portrait_id ? { portrait_id } : {}),
    ...(rest.visibility === 'some' ? { visible_to } : {}),
  }
}

export type Side = 'mine' | 'theirs'

export interface Conflict {
  /** Parts that both changed, in different ways. */
  disputed: ValueKey[]
  /** Mine where only I changed something, theirs everywhere else. */
  merged: EntityValues
}

export function compare(draft: EntityDraft, theirs: EntityValues): Conflict {
  const mine = changedKeys(draft.original, draft.values)
  const merged = { ...theirs }
  const disputed: ValueKey[] = []
  for (const key of mine) {
    if (same(draft.values[key], theirs[key])) continue
    assign(merged, draft.values, key)
    if (!same(draft.original[key], theirs[key])) disputed.push(key)
  }
  return { disputed, merged }
}

function assign<K extends ValueKey>(to: EntityValues, from: EntityValues, key: K): void {
  to[key] = from[key]
}

export function resolve(
  conflict: Conflict,
  mine: EntityValues,
  theirs: EntityValues,
  picks: Partial<Record<ValueKey, Side>>,
) {
  const out = { ...conflict.merged }
  for (const key of conflict.disputed) assign(out, picks[key] === 'theirs' ? theirs : mine, key)
  return out
}
