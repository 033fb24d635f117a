/** The fields that entities of a kind usually have, and how to read and write them inside the free JSON object. */
import type { EntityKind, Fields } from '@/api/types'

export type FieldInputKind =
  | 'text'
  | 'area'
  | 'number'
  | 'switch'
  | 'location'
  | 'character'
  | 'locations'
  | 'items'
  | 'lines'
  | 'inventory'
  | 'objectives'
  | 'milestones'

export interface FieldSpec {
  path: string
  /** The key of its label under `fields`. */
  label: string
  input: FieldInputKind
  only?: string[]
}

const ability = (name: string): FieldSpec => ({ path: `sheet.abilities.${name}`, label: name, input: 'number' })

export const specs: Record<EntityKind, FieldSpec[]> = {
  character: [
    { path: 'ready_made', label: 'ready_made', input: 'switch', only: ['pc'] },
    { path: 'sheet.class', label: 'class', input: 'text' },
    { path: 'sheet.level', label: 'level', input: 'number' },
    { path: 'sheet.experience', label: 'experience', input: 'number', only: ['pc'] },
    { path: 'sheet.health', label: 'health', input: 'number' },
    { path: 'sheet.max_health', label: 'max_health', input: 'number' },
    { path: 'sheet.mana', label: 'mana', input: 'number' },
    { path: 'sheet.max_mana', label: 'max_mana', input: 'number' },
    { path: 'sheet.defense', label: 'defense', input: 'number' },
    { path: 'sheet.attack', label: 'attack', input: 'text', only: ['creature'] },
    ability('strength'),
    ability('dexterity'),
    ability('constitution'),
    ability('intelligence'),
    ability('wisdom'),
    ability('charisma'),
    { path: 'sheet.inventory', label: 'inventory', input: 'inventory' },
    { path: 'voice', label: 'voice', input: 'area' },
    { path: 'personality', label: 'personality', input: 'area' },
    { path: 'goals', label: 'goals', input: 'area' },
    { path: 'home', label: 'home', input: 'text' },
    { path: 'present_at', label: 'present_at', input: 'location' },
  ],
  location: [
    { path: 'environment', label: 'environment', input: 'text' },
    { path: 'climate', label: 'climate', input: 'text' },
    { path: 'population', label: 'population', input: 'number' },
    { path: 'government', label: 'government', input: 'text' },
    { path: 'coordinates', label: 'coordinates', input: 'text' },
    { path: 'economy', label: 'economy', input: 'area' },
    { path: 'exits', label: 'exits', input: 'locations' },
    { path: 'start', label: 'start', input: 'switch' },
  ],
  item: [
    { path: 'type', label: 'type', input: 'text' },
    { path: 'rarity', label: 'rarity', input: 'text' },
    { path: 'weight', label: 'weight', input: 'number' },
    { path: 'value', label: 'value', input: 'number' },
    { path: 'use.heal', label: 'heal', input: 'text' },
    { path: 'found_at', label: 'found_at', input: 'location' },
  ],
  quest: [
    { path: 'giver', label: 'giver', input: 'character' },
    { path: 'objectives', label: 'objectives', input: 'objectives' },
    { path: 'rewards.experience', label: 'experience', input: 'number' },
    { path: 'rewards.gold', label: 'gold', input: 'number' },
    { path: 'rewards.items', label: 'items', input: 'items' },
    { path: 'offered', label: 'offered', input: 'switch' },
  ],
  plot: [
    { path: 'status', label: 'status', input: 'text' },
    { path: 'milestones', label: 'milestones', input: 'milestones' },
    { path: 'foreshadowing', label: 'foreshadowing', input: 'lines' },
  ],
  faction: [{ path: 'goals', label: 'goals', input: 'area' }],
  lore: [],
  note: [],
  scenario: [],
}

export function specsFor(kind: EntityKind, subtype: string | null): FieldSpec[] {
  return specs[kind].filter((spec) => !spec.only || (subtype !== null && spec.only.includes(subtype)))
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function readPath(fields: Fields, path: string): unknown {
  let at: unknown = fields
  for (const key of path.split('.')) {
    if (!isObject(at)) return undefined
    at = at[key]
  }
  return at
}

/** A copy with the value at the path; `undefined` takes it out, and empty objects above it. */
export function writePath(fields: Fields, path: string, value: unknown): Fields {
  const [head, ...rest] = path.split('.') as [string, ...string[]]
  const next = { ...fields }
  if (rest.length === 0) {
    if (value === undefined) delete next[head]
    else next[head] = value
    return next
  }
  const inner = writePath(isObject(next[head]) ? (next[head] as Fields) : {}, rest.join('.'), value)
  if (Object.keys(inner).length === 0) delete next[head]
  else next[head] = inner
  return next
}

/** What is left when the known fields are taken out: shown as it is, so that nothing imported is hidden. */
export function otherFields(kind: EntityKind, fields: Fields): Fields {
  return specs[kind].reduce<Fields>((left, spec) => writePath(left, spec.path, undefined), fields)
}

const ids: FieldInputKind[] = ['location', 'character', 'locations', 'items']

/** The ids in the fields, to look their names up. */
export function referencedIds(kind: EntityKind, fields: Fields): string[] {
  const found = specs[kind]
    .filter((spec) => ids.includes(spec.input))
    .flatMap((spec) => {
      const value = readPath(fields, spec.path)
      return Array.isArray(value) ? value : [value]
    })
  const objectives = readPath(fields, 'objectives')
  const places = Array.isArray(objectives) ? objectives.map((o) => (isObject(o) ? o.at : undefined)) : []
  return [...new Set([...found, ...places].filter((id): id is string => typeof id === 'string'))]
}
