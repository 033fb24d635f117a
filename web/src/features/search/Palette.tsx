/** The palette: a name, a text, a page or something to do, from anywhere in a campaign, by keyboard alone. */
import { Loader, Modal, TextInput, VisuallyHidden } from '@mantine/core'
import { useDebouncedValue, useHotkeys } from '@mantine/hooks'
import { IconArrowRight, IconFileText, IconPlus, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import { navItems } from '@/features/campaigns/nav'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { kindIcons, kinds } from '@/features/canon/kinds'
import { type Choice, choices } from './choices'
import { Pieces } from './Pieces'
import { searchQuery, suggestQuery } from './queries'
import classes from './search.module.css'
import './strings'

const mac = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** The button in the header, and what it opens. */
export function SearchButton() {
  const { t } = useTranslation('search')
  const [opened, setOpened] = useState(false)
  useHotkeys([['mod+K', () => setOpened((open) => !open)]], [])
  return (
    <>
      <button type="button" className={classes.button} onClick={() => setOpened(true)} aria-keyshortcuts="Control+K">
        <IconSearch size={17} aria-hidden />
        <span className={classes.word}>{t('open')}</span>
        <kbd className={classes.key} aria-hidden>
          {mac ? '⌘K' : 'Ctrl K'}
        </kbd>
      </button>
      <Modal.Root
        opened={opened}
        onClose={() => setOpened(false)}
        size="lg"
        padding={0}
        yOffset="10vh"
        xOffset={12}
        transitionProps={{ duration: 80 }}
      >
        <Modal.Overlay />
        <Modal.Content aria-label={t('palette.label')}>
          <Palette close={() => setOpened(false)} />
        </Modal.Content>
      </Modal.Root>
    </>
  )
}

function Palette({ close }: { close: () => void }) {
  const { t } = useTranslation('search')
  const { t: common } = useTranslation()
  const { campaignId, isGm } = useCampaign()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [q] = useDebouncedValue(text.trim(), 90)
  const [at, setAt] = useState(0)
  const path = useRouterState({ select: (state) => state.location.pathname })
  const context = /\/canon\/([0-9a-f-]{36})/.exec(path)?.[1]
  const names = useQuery(suggestQuery(campaignId, q, context))
  const texts = useInfiniteQuery({ ...searchQuery(campaignId, { q }, 12), enabled: q.length > 1 })
  const shown = choices({
    q: text,
    names: names.data?.items ?? [],
    texts: q.length > 1 ? (texts.data?.pages[0]?.items ?? []) : [],
    pages: navItems
      .filter((item) => isGm || !item.gm)
      .map((item) => ({ ...item, label: common(`nav.${item.key}` as 'nav.home') })),
    makes: isGm
      ? kinds.map((kind) => ({ kind, label: t('palette.new', { kind: common(`kinds.${kind}`).toLowerCase() }) }))
      : [],
  })
  const chosen = Math.min(at, shown.length - 1)
  const list = useId()
  const box = useRef<HTMLDivElement>(null)
  const active = shown[chosen]
  useEffect(() => {
    if (active)
      box.current?.querySelector(`#${CSS.escape(`${list}${active.id}`)}`)?.scrollIntoView({ block: 'nearest' })
  }, [active, list])

  const open = (choice: Choice) => {
    close()
    const params = { campaignId }
    if (choice.type === 'name' || choice.type === 'text') {
      void navigate({ to: '/campaigns/$campaignId/canon/$entityId', params: { ...params, entityId: choice.item.id } })
    } else if (choice.type === 'page') {
      void navigate({ to: `/campaigns/${campaignId}${choice.path}` as '/campaigns' })
    } else if (choice.type === 'new') {
      void navigate({ to: '/campaigns/$campaignId/canon/new', params, search: { kind: choice.kind } })
    } else {
      void navigate({ to: '/campaigns/$campaignId/search', params, search: { q: text.trim() || undefined } })
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      const last = shown.length - 1
      // One step goes around; several stop at the ends.
      const next = chosen + step
      setAt(Math.abs(step) === 1 ? (next + shown.length) % shown.length : Math.max(0, Math.min(last, next)))
    } else if (event.key === 'Enter' && active && !event.nativeEvent.isComposing) {
      event.preventDefault()
      open(active)
    }
  }

  const heading = (choice: Choice): string | null =>
    ({
      name: text.trim() ? t('palette.names') : t('palette.recent'),
      text: t('palette.texts'),
      page: t('palette.pages'),
      new: t('palette.actions'),
      all: null,
    })[choice.type]
  const busy = names.isFetching || texts.isFetching || q !== text.trim()
  const nothing = !busy && text.trim() !== '' && shown.length === 1
  return (
    <div className={classes.palette}>
      <TextInput
        data-autofocus
        size="md"
        variant="unstyled"
        role="combobox"
        aria-label={t('palette.label')}
        aria-expanded
        aria-controls={list}
        aria-activedescendant={active ? `${list}${active.id}` : undefined}
        aria-autocomplete="list"
        placeholder={t('palette.placeholder')}
        leftSection={busy ? <Loader size={16} /> : <IconSearch size={18} aria-hidden />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
        className={classes.input}
      />
      <VisuallyHidden role="status">
        {!busy && text.trim() !== '' && t('palette.found', { count: shown.length - 1 })}
      </VisuallyHidden>
      <div ref={box} id={list} role="listbox" aria-label={t('palette.label')} className={classes.options}>
        {nothing && <p className={classes.none}>{t('palette.none')}</p>}
        {shown.map((choice, i) => (
          <Option
            key={choice.id}
            id={`${list}${choice.id}`}
            choice={choice}
            q={text.trim()}
            selected={i === chosen}
            heading={choice.type === shown[i - 1]?.type ? null : heading(choice)}
            onHover={() => setAt(i)}
            onOpen={() => open(choice)}
          />
        ))}
      </div>
      <p className={classes.hint} aria-hidden>
        <Trans t={t} i18nKey="palette.hint" components={{ kbd: <kbd className={classes.key} /> }} />
      </p>
    </div>
  )
}

function Option(props: {
  id: string
  choice: Choice
  q: string
  selected: boolean
  heading: string | null
  onHover: () => void
  onOpen: () => void
}) {
  const { choice } = props
  const { t } = useTranslation('search')
  const { t: common } = useTranslation()
  let icon: ReactNode
  let name: ReactNode
  let more: ReactNode = null
  if (choice.type === 'name') {
    const Icon = kindIcons[choice.item.kind]
    icon = <Icon size={18} stroke={1.6} aria-hidden />
    name = choice.item.name
    const { matched, why, summary } = choice.item
    more = matched ? t('palette.also', { name: matched }) : why === 'sound' ? t('palette.sounds') : summary
  } else if (choice.type === 'text') {
    icon = <IconFileText size={18} stroke={1.6} aria-hidden />
    name = choice.item.name
    more = <Pieces pieces={choice.item.snippet} />
  } else if (choice.type === 'page') {
    icon = <IconArrowRight size={18} stroke={1.6} aria-hidden />
    name = choice.label
  } else if (choice.type === 'new') {
    icon = <IconPlus size={18} stroke={1.6} aria-hidden />
    name = choice.label
  } else {
    icon = <IconSearch size={18} stroke={1.6} aria-hidden />
    name = props.q ? t('palette.all', { q: props.q }) : t('palette.all_empty')
  }
  return (
    <>
      {props.heading && (
        <div className={classes.heading} role="presentation">
          {props.heading}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the box, which keeps the focus */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: named by aria-activedescendant */}
      <div
        id={props.id}
        role="option"
        aria-selected={props.selected}
        className={classes.option}
        onPointerMove={props.selected ? undefined : props.onHover}
        onClick={props.onOpen}
      >
        <span className={classes.icon}>{icon}</span>
        <span className={classes.main}>
          <span className={classes.name}>{name}</span>
          {more && <span className={classes.more}>{more}</span>}
        </span>
        {choice.type === 'name' && <span className={classes.kind}>{common(`kinds.${choice.item.kind}`)}</span>}
      </div>
    </>
  )
}
