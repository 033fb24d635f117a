/** An entity being written: what the form holds, what changed, and how two versions are brought together. */

import type { EntityIn, EntityKind, EntityOut, EntityPatch, Fields, Subtype, Visibility } from '@/api/types'
import { mergeList, mergeText, type Side } from '@/features/pages/diff'

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
  /** Names of fields that are locked. */
  locked: string[]
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
  'locked',
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
    locked: [],
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
    locked: entity.locked ?? [],
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
  const { subtype, parent_id, portrait_id, visible_to, locked: _, ...rest } = values
  return {
    kind,
    ...rest,
    ...(subtype ? { subtype } : {}),
    ...(parent_id ? { parent_id } : {}),
    ...(portrait_id ? { portrait_id } : {}),
    ...(rest.visibility === 'some' ? { visible_to } : {}),
  }
}

export type { Side }

export interface Conflict {
  /** Parts that both changed, in ways that do not fit together. */
  disputed: ValueKey[]
  /** Parts that both changed and that fit together. */
  joined: ValueKey[]
  /** All of it, what is disputed decided for one side. */
  sides: Record<Side, EntityValues>
}

/** Brings mine and theirs together: what one side changed stands, texts are joined line by line, lists item by item. */
export function compare(draft: EntityDraft, theirs: EntityValues): Conflict {
  const conflict: Conflict = { disputed: [], joined: [], sides: { mine: { ...theirs }, theirs: { ...theirs } } }
  for (const key of changedKeys(draft.original, draft.values)) {
    if (same(draft.values[key], theirs[key])) continue
    let clean = true
    for (const side of ['mine', 'theirs'] as const) {
      const part = join(key, draft.original[key], draft.values[key], theirs[key], side)
      Object.assign(conflict.sides[side], { [key]: part.value })
      clean &&= part.clean
    }
    if (!clean) conflict.disputed.push(key)
    else if (!same(draft.original[key], theirs[key])) conflict.joined.push(key)
  }
  return conflict
}

interface Part {
  value: unknown
  clean: boolean
}

function join(key: ValueKey, base: unknown, mine: unknown, theirs: unknown, side: Side): Part {
  if (same(base, theirs) || same(mine, theirs)) return { value: mine, clean: true }
  if (same(base, mine)) return { value: theirs, clean: true }
  if (key === 'summary' || key === 'body') {
    const { text, clean } = mergeText(base as string, mine as string, theirs as string, side)
    return { value: text, clean }
  }
  if (key === 'aliases' || key === 'tags' || key === 'visible_to' || key === 'locked') {
    return { value: mergeList((base ?? []) as string[], (mine ?? []) as string[], theirs as string[]), clean: true }
  }
  if (key === 'fields') return joinFields(base as Fields, mine as Fields, theirs as Fields, side)
  return { value: side === 'mine' ? mine : theirs, clean: false }
}

/** Objects are joined key by key, however deep. */
function joinFields(base: Fields, mine: Fields, theirs: Fields, side: Side): Part {
  const value: Fields = {}
  let clean = true
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const [was, left, right] = [base[key], mine[key], theirs[key]]
    let part: Part
    if (same(left, right) || same(was, right)) part = { value: left, clean: true }
    else if (same(was, left)) part = { value: right, clean: true }
    else if (isObject(left) && isObject(right)) part = joinFields(isObject(was) ? was : {}, left, right, side)
    else part = { value: side === 'mine' ? left : right, clean: false }
    if (part.value !== undefined) value[key] = part.value
    clean &&= part.clean
  }
  return { value, clean }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function resolve({ disputed, sides }: Conflict, picks: Partial<Record<ValueKey, Side>>): EntityValues {
  const out = { ...sides.mine }
  for (const key of disputed) if (picks[key] === 'theirs') Object.assign(out, { [key]: sides.theirs[key] })
  return out
}
