/** Where one can go in a campaign. A slice adds its line here; the frame draws them. */
import { type Icon, IconBook2, IconHome2, IconMap2, IconSearch, IconTopologyStar3 } from '@tabler/icons-react'

export interface NavItem {
  /** The word, a key of `nav` in the common texts. */
  key: string
  /** Below `/campaigns/<id>`; empty for its home. */
  path: string
  icon: Icon
  /** Shown to game masters only. */
  gm?: boolean
  /** Beside the campaign's name on a wide screen; the others stand in the menu. */
  tab?: boolean
}

export const navItems: NavItem[] = [
  { key: 'home', path: '', icon: IconHome2, tab: true },
  { key: 'canon', path: '/canon', icon: IconBook2, tab: true },
  { key: 'map', path: '/map', icon: IconMap2, tab: true },
  { key: 'graph', path: '/graph', icon: IconTopologyStar3, tab: true },
  { key: 'search', path: '/search', icon: IconSearch },
]
