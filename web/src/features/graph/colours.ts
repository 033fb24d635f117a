/** Colours of kinds and of groups; they read on light and dark. */
import type { EntityKind } from '@/api/types'

const kinds: Record<EntityKind, string> = {
  character: '#3b8f8a',
  location: '#5a8f4a',
  faction: '#9a5aa0',
  item: '#c08a1f',
  lore: '#5b8fc9',
  plot: '#c9574d',
  quest: '#d07a3a',
  note: '#8a9795',
  scenario: '#6f7fb8',
}

const groups = ['#3b8f8a', '#c08a1f', '#9a5aa0', '#5b8fc9', '#c9574d', '#5a8f4a', '#d07a3a', '#6f7fb8']

export const colourOf = (kind: EntityKind): string => kinds[kind]

/** Small groups and those who belong to none share a grey. */
export const groupColour = (group: number | undefined): string =>
  group === undefined ? '#8a9795' : (groups[group] ?? '#8a9795')
