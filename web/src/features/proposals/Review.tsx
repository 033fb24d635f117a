/**
 * The list and the chosen suggestion beside it; on a phone one card after the other. Keys act while the focus is inside.
 *
 * The focus stays on the list: a decision takes the suggestion out of it and chooses the next, and a status says so.
 */
import { ActionIcon, Alert, Badge, Button, Group, Text, VisuallyHidden } from '@mantine/core'
import { useDisclosure, useMediaQuery } from '@mantine/hooks'
import { IconChevronLeft, IconChevronRight, IconHelp, IconInbox } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, Loading } from '@/ui/states'
import { When } from '@/ui/time'
import { Card } from './Card'
import { EditChange } from './EditChange'
import { Keys } from './Keys'
import classes from './Proposals.module.css'
import {
  accept,
  acceptBatch,
  type ProposalBrief,
  type ProposalFilter,
  type ProposalReport,
  proposalsQuery,
  reject,
  undo,
} from './queries'
import { RejectForm } from './RejectForm'
import './strings'

interface ReviewProps {
  campaignId: string
  filter: ProposalFilter
  isGm: boolean
}

type Verb = 'accept' | 'reject' | 'undo'

export function Review({ campaignId, filter, isGm }: ReviewProps) {
  const { t } = useTranslation('proposals')
  const queries = useQueryClient()
  const narrow = useMediaQuery('(max-width: 62em)', false, { getInitialValueInEffect: false })
  const options = proposalsQuery(campaignId, filter)
  const found = useInfiniteQuery(options)
  const items = found.data?.pages.flatMap((page) => page.items) ?? []
  const [chosen, setChosen] = useState<string | null>(null)
  const index = Math.max(
    0,
    items.findIndex((item) => item.id === chosen),
  )
  const current = items[index]
  const [done, setDone] = useState<ProposalBrief[]>([])
  const [said, setSaid] = useState('')
  const [report, setReport] = useState<ProposalReport | null>(null)
  const [editing, edit] = useDisclosure(false)
  const [rejecting, rejection] = useDisclosure(false)
  const [helping, help] = useDisclosure(false)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()

  const move = (by: number) => {
    const next = items[Math.min(items.length - 1, Math.max(0, index + by))]
    if (next) setChosen(next.id)
    if (by > 0 && index + 5 > items.length && found.hasNextPage && !found.isFetchingNextPage) void found.fetchNextPage()
  }
  useEffect(() => {
    if (current) document.getElementById(`${id}-${current.id}`)?.scrollIntoView({ block: 'nearest' })
  }, [id, current])

  const act = useMutation({
    mutationFn: ({ verb, one, note }: { verb: Verb; one: ProposalBrief; note?: string }) => {
      if (verb === 'accept') return accept(one.id, { note: '' })
      return verb === 'reject' ? reject(one.id, note ?? '') : undo(one.id)
    },
    onSuccess: (_, { verb, one }) => settled(verb, one),
    onSettled: () => list.current?.focus({ preventScroll: true }),
  })
  const settled = (verb: Verb, one: ProposalBrief) => {
    if (verb === 'undo') {
      setDone((before) => before.filter((other) => other.id !== one.id))
      setChosen(one.id)
      setSaid(t('said.undo', { label: one.label }))
    } else {
      setDone((before) => [...before, one])
      const next = items[index + 1] ?? items[index - 1]
      if (filter.status && next) setChosen(next.id)
      const left = Math.max(0, (found.data?.pages[0]?.counts.open ?? 1) - 1)
      setSaid(t(`said.${verb}`, { label: one.label, count: left }))
    }
    if (filter.status) {
      queries.setQueryData(options.queryKey, (old) =>
        old
          ? {
              ...old,
              pages: old.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== one.id) })),
            }
          : old,
      )
    }
    void queries.invalidateQueries({ queryKey: ['campaign', campaignId] })
  }
  const batch = useMutation({
    mutationFn: (batchId: string) => acceptBatch(campaignId, batchId),
    onSuccess: (out) => {
      setReport(out)
      setSaid(t('said.batch', { count: out.done.length, failed: out.failed.length }))
      setDone((before) => [...before, ...items.filter((item) => out.done.includes(item.id))])
      void queries.invalidateQueries({ queryKey: ['campaign', campaignId] })
      list.current?.focus({ preventScroll: true })
    },
  })

  const open = current?.status === 'open'
  const decide = (verb: Verb, one: ProposalBrief | undefined, note?: string) => {
    if (one && !act.isPending) act.mutate({ verb, one, ...(note ? { note } : {}) })
  }
  const undoLast = () => {
    const last = done.at(-1)
    if (last) decide('undo', last)
    else setSaid(t('said.nothing_to_undo'))
  }
  const acceptAll = () => {
    if (current?.batch) batch.mutate(current.batch.id)
    else setSaid(t('said.no_batch'))
  }
  const moves = new Map<string, () => void>([
    ['j', () => move(1)],
    ['k', () => move(-1)],
    ['ArrowDown', () => move(1)],
    ['ArrowUp', () => move(-1)],
    ['Home', () => move(-items.length)],
    ['End', () => move(items.length)],
    ['?', help.open],
  ])
  const decisions = new Map<string, () => void>([
    ['a', () => open && decide('accept', current)],
    ['e', () => open && edit.open()],
    ['r', () => open && rejection.open()],
    ['u', undoLast],
    ['A', acceptAll],
  ])
  const onKey = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement
    const typing = target.closest('input, textarea, select, [contenteditable], [role="dialog"]')
    const arrows = event.key.length > 1 && target !== list.current
    const run = moves.get(event.key) ?? (isGm ? decisions.get(event.key) : undefined)
    if (!run || typing || arrows || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    run()
  }

  if (found.isPending) return <Loading />
  if (found.error) return <Failed error={found.error} retry={() => void found.refetch()} />
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of what is inside
    <div onKeyDown={onKey}>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      {act.error && <Failed error={act.error} />}
      {batch.error && <Failed error={batch.error} />}
      {report && <Report report={report} close={() => setReport(null)} />}
      {!current ? (
        <>
          <Empty icon={<IconInbox size={44} stroke={1.3} />} title={t(isGm ? 'none_title' : 'own_none_title')}>
            {t(isGm ? 'none_text' : 'own_none_text')}
          </Empty>
          {isGm && done.length > 0 && (
            <Group justify="center">
              <Button variant="default" onClick={undoLast} loading={act.isPending}>
                {t('actions.undo_last')}
              </Button>
            </Group>
          )}
        </>
      ) : (
        <div className={classes.review} data-narrow={narrow || undefined}>
          {narrow ? (
            <Group justify="space-between">
              <ActionIcon
                variant="default"
                size="lg"
                aria-label={t('actions.previous')}
                disabled={index === 0}
                onClick={() => move(-1)}
              >
                <IconChevronLeft size={18} />
              </ActionIcon>
              <Text size="sm" c="dimmed">
                {t('place', { n: index + 1, count: items.length })}
                {found.hasNextPage ? '+' : ''}
              </Text>
              <ActionIcon
                variant="default"
                size="lg"
                aria-label={t('actions.next')}
                disabled={index === items.length - 1}
                onClick={() => move(1)}
              >
                <IconChevronRight size={18} />
              </ActionIcon>
            </Group>
          ) : (
            <div>
              <div
                ref={list}
                className={classes.list}
                role="listbox"
                tabIndex={0}
                aria-label={t(isGm ? 'title' : 'own_title')}
                aria-activedescendant={`${id}-${current.id}`}
              >
                {items.map((item) => (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys
                  <div
                    key={item.id}
                    id={`${id}-${item.id}`}
                    role="option"
                    tabIndex={-1}
                    aria-selected={item.id === current.id}
                    className={classes.option}
                    onClick={() => {
                      setChosen(item.id)
                      list.current?.focus({ preventScroll: true })
                    }}
                  >
                    <Line item={item} />
                  </div>
                ))}
              </div>
              <Group justify="space-between" mt="xs">
                <Button
                  variant="subtle"
                  size="compact-sm"
                  leftSection={<IconHelp size={16} aria-hidden />}
                  onClick={help.open}
                >
                  {t('actions.keys')}
                </Button>
                {found.hasNextPage && (
                  <Button
                    variant="subtle"
                    size="compact-sm"
                    loading={found.isFetchingNextPage}
                    onClick={() => void found.fetchNextPage()}
                  >
                    {t('actions.more')}
                  </Button>
                )}
              </Group>
            </div>
          )}
          <Card
            campaignId={campaignId}
            brief={current}
            isGm={isGm}
            busy={act.isPending}
            canUndo={done.length > 0}
            onAccept={() => decide('accept', current)}
            onEdit={edit.open}
            onReject={rejection.open}
            onUndo={() => decide('undo', current)}
            onUndoLast={undoLast}
            onAcceptAll={acceptAll}
            batchBusy={batch.isPending}
          />
          {editing && (
            <EditChange
              campaignId={campaignId}
              proposalId={current.id}
              close={edit.close}
              done={() => {
                edit.close()
                settled('accept', current)
              }}
            />
          )}
          {rejecting && (
            <RejectForm
              label={current.label}
              close={rejection.close}
              reject={(note) => {
                rejection.close()
                decide('reject', current, note)
              }}
            />
          )}
        </div>
      )}
      <Keys opened={helping} close={help.close} isGm={isGm} />
    </div>
  )
}

function Line({ item }: { item: ProposalBrief }) {
  const { t } = useTranslation('proposals')
  return (
    <>
      <div className={classes.label}>{item.label}</div>
      <Group gap={6} mt={2}>
        <Text size="sm" c="dimmed">
          {t(`what.${item.operation}_${item.target_type}`)}
          {' · '}
          {item.author.name ?? t(`author.${item.author.kind}`)}
        </Text>
        {item.status !== 'open' && (
          <Badge size="xs" variant="light" color={item.status === 'rejected' ? 'blood' : 'moss'}>
            {t(`status.${item.status}`)}
          </Badge>
        )}
        {item.batch && (
          <Badge size="xs" variant="default" tt="none">
            {item.batch.title}
          </Badge>
        )}
        <When at={item.created_at} size="xs" />
      </Group>
    </>
  )
}

/** What became of a batch, and why something stayed. */
function Report({ report, close }: { report: ProposalReport; close: () => void }) {
  const { t } = useTranslation('proposals')
  const failed = report.failed.length > 0
  return (
    <Alert
      color={failed ? 'brass' : 'moss'}
      mb="md"
      withCloseButton
      closeButtonLabel={t('actions.close')}
      onClose={close}
      title={t('report.title', { count: report.done.length })}
    >
      {report.failed.map((one) => (
        <Text key={one.id} size="sm">
          {t('report.failed', { label: one.label, detail: one.detail })}
          {one.fields.length > 0 && ` (${one.fields.join(', ')})`}
        </Text>
      ))}
      {report.left > 0 && <Text size="sm">{t('report.left', { count: report.left })}</Text>}
    </Alert>
  )
}
