/** The kinds in the order people look for them, with their pictures. */
import {
  IconBook2,
  IconDiamond,
  IconFlag,
  IconMapPin,
  IconMasksTheater,
  IconNote,
  IconRoute,
  IconShield,
  IconStack2,
  IconUser,
} from '@tabler/icons-react'
import type { EntityKind } from '@/api/types'

export const kinds: EntityKind[] = [
  'character',
  'location',
  'faction',
  'item',
  'quest',
  'lore',
  'plot',
  'note',
  'scenario',
]

export const kindIcons = {
  all: IconStack2,
  character: IconUser,
  location: IconMapPin,
  faction: IconShield,
  item: IconDiamond,
  lore: IconBook2,
  plot: IconRoute,
  quest: IconFlag,
  note: IconNote,
  scenario: IconMasksTheater,
}
