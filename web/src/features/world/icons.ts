/** How pins can look. */
import {
  IconBeer,
  IconBuildingCastle,
  IconDiamond,
  IconHome,
  IconMapPin,
  IconQuestionMark,
  IconRipple,
  IconSkull,
  IconUser,
} from '@tabler/icons-react'

export const pinIcons = {
  pin: IconMapPin,
  town: IconHome,
  castle: IconBuildingCastle,
  inn: IconBeer,
  water: IconRipple,
  danger: IconSkull,
  treasure: IconDiamond,
  person: IconUser,
  question: IconQuestionMark,
}

export type PinIcon = keyof typeof pinIcons

/** The picture of a word; the plain pin for words this version does not know. */
export const pinIcon = (word: string) => pinIcons[word as PinIcon] ?? IconMapPin
