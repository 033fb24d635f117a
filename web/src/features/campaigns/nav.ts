/** Where one can go in a campaign. A slice adds its line here; the frame draws them. */
import {
  type Icon,
  IconBook2,
  IconBulb,
  IconCalendar,
  IconEye,
  IconHelpCircle,
  IconHome2,
  IconListSearch,
  IconMap2,
  IconSearch,
  IconTopologyStar3,
  IconTrash,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { UsageIcon } from '@/features/ai/icon'
import { OpenCount } from '@/features/proposals/OpenCount'

export interface NavItem {
  /** The word, a key of `nav` in the common texts. */
  key: string
  /** Below `/campaigns/<id>`; empty for its home. */
  path: string
  icon: Icon
  /** Shown to game masters only. */
  gm?: boolean
  /** Beside the campaign's name on a wide screen; all of them stand in the menu on a narrow one. */
  tab?: boolean
  /** What stands behind the word for game masters: how much waits there. */
  waits?: ComponentType<{ campaignId: string }>
  /** Under which heading of the menu: the world, what is told of it, what a game master looks after. */
  group: 'world' | 'story' | 'care'
}

export const navGroups = ['world', 'story', 'care'] as const

export const navItems: NavItem[] = [
  { key: 'home', group: 'world', path: '', icon: IconHome2, tab: true },
  { key: 'canon', group: 'world', path: '/canon', icon: IconBook2, tab: true },
  { key: 'map', group: 'world', path: '/map', icon: IconMap2, tab: true },
  { key: 'graph', group: 'world', path: '/graph', icon: IconTopologyStar3, tab: true },
  { key: 'knowledge', group: 'world', path: '/knowledge', icon: IconEye },
  { key: 'calendar', group: 'world', path: '/calendar', icon: IconCalendar },
  { key: 'usage', group: 'care', path: '/usage', icon: UsageIcon, gm: true },
  { key: 'proposals', group: 'care', path: '/proposals', icon: IconBulb, waits: OpenCount },
  { key: 'ask', group: 'world', path: '/ask', icon: IconHelpCircle },
  { key: 'search', group: 'world', path: '/search', icon: IconSearch },
  { key: 'trash', group: 'care', path: '/trash', icon: IconTrash, gm: true },
  { key: 'audit', group: 'care', path: '/audit', icon: IconListSearch, gm: true },
]
