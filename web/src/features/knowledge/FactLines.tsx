/** Small lines under a fact: when it holds, who knows it since when, where it comes from. */
import { Anchor, Text } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { FactOut } from '@/api/types'
import { useStoryTime } from '@/features/calendar/StoryTime'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { useKnowerNames } from '@/features/canon/names'
import './strings'

/** When in story time it holds, where that is said. */
export function Holds({ fact: { story_from: from, story_to: to } }: { fact: FactOut }) {
  const { t } = useTranslation('knowledge')
  const when = useStoryTime()
  if (from == null && to == null) return null
  const words = { from: from == null ? '' : when(from), to: to == null ? '' : when(to) }
  return (
    <Text size="xs" c="dimmed">
      {t(from == null ? 'until' : to == null ? 'from' : 'between', words)}
    </Text>
  )
}

/** Who knows it and since when, for game masters. */
export function Knowers({ fact }: { fact: FactOut }) {
  const { t } = useTranslation('knowledge')
  const { t: canon } = useTranslation('canon')
  const { campaignId } = useCampaign()
  const when = useStoryTime()
  const known = fact.known ?? []
  const names = useKnowerNames(
    campaignId,
    known.map(({ by }) => by),
  )
  const lines = known.map(({ known_from }, n) =>
    known_from == null ? names[n] : t('known_by', { who: names[n], when: when(known_from) }),
  )
  return (
    <Text size="xs" c="var(--skald-secret)">
      <IconEye size={13} aria-hidden style={{ verticalAlign: '-2px' }} /> {t('knowers')}:{' '}
      {lines.join(' · ') || canon('knowers.none')}
    </Text>
  )
}

const places = { transcript: 'at_second', chapter: 'at_paragraph', entry: 'at_entry' } as const

/** Seconds as a clock shows them. */
const clock = (seconds: number) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`

/** Where it comes from; a link where that is a page of this app. */
export function Sources({ fact }: { fact: FactOut }) {
  const { t } = useTranslation('knowledge')
  const { campaignId } = useCampaign()
  const told = fact.evidence.filter((one) => one.kind !== 'author' || one.ref)
  if (told.length === 0) return null
  return told.map((one, n) => {
    const place = one.kind in places ? places[one.kind as keyof typeof places] : null
    const at = one.at != null && place ? t(place, { at: one.kind === 'transcript' ? clock(one.at) : one.at }) : ''
    const session = /^session:([0-9a-f-]{36})$/.exec(one.ref ?? '')?.[1]
    const word = [t(`evidence_kinds.${one.kind}`), session ? '' : one.ref?.replace(/^\w+:[0-9a-f-]{36}$/, ''), at]
    const text = word.filter(Boolean).join(', ')
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: sources have no names of their own
      <Text key={n} size="xs" c="dimmed">
        {session ? (
          <Anchor
            component={Link}
            to={`/campaigns/${campaignId}/sessions/${session}` as '/campaigns'}
            size="xs"
            inherit
          >
            {text}
          </Anchor>
        ) : (
          text
        )}
      </Text>
    )
  })
}
