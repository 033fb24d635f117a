/** One suggestion: why, resting on what, and what it would change. */
import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconArrowBackUp, IconCheck, IconChecks, IconPencil, IconQuote, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { EntityLink } from '@/features/canon/names'
import { Failed, Loading } from '@/ui/states'
import { When } from '@/ui/time'
import { DiffView } from './DiffView'
import classes from './Proposals.module.css'
import { type Proposal, type ProposalBrief, proposalQuery } from './queries'
import './strings'

interface CardProps {
  campaignId: string
  brief: ProposalBrief
  isGm: boolean
  busy: boolean
  batchBusy: boolean
  canUndo: boolean
  onAccept: () => void
  onEdit: () => void
  onReject: () => void
  onUndo: () => void
  onUndoLast: () => void
  onAcceptAll: () => void
}

export function Card(props: CardProps) {
  const { campaignId, brief, isGm, busy } = props
  const { t } = useTranslation('proposals')
  const proposal = useQuery(proposalQuery(campaignId, brief.id))
  const one = proposal.data
  const open = brief.status === 'open'
  const conflict = one?.diff.some((field) => field.conflict) ?? false
  const stuck = one ? one.gone || one.needs.length > 0 || conflict || one.diff.some((field) => field.locked) : false
  const undoable = ['accepted', 'edited', 'rejected'].includes(brief.status)
  return (
    <section className={classes.card} aria-labelledby="proposal-title">
      <Text size="sm" c="dimmed">
        {t(`what.${brief.operation}_${brief.target_type}`)}
        {brief.batch && ` · ${t('of_batch', { title: brief.batch.title })}`}
      </Text>
      <Title order={2} id="proposal-title" style={{ overflowWrap: 'anywhere' }}>
        {brief.label}
      </Title>
      <Group gap={6} mb="sm">
        <Text size="sm" c="dimmed">
          {brief.author.name ?? t(`author.${brief.author.kind}`)}
          {brief.author.task && ` (${brief.author.task})`}
        </Text>
        <When at={brief.created_at} />
        {brief.target_type === 'entity' && (brief.result_id ?? brief.target_id) && (
          <EntityLink
            campaignId={campaignId}
            id={(brief.result_id ?? brief.target_id) as string}
            name={t('actions.page')}
          />
        )}
      </Group>
      {brief.status !== 'open' && <Decided brief={brief} />}
      <Stack gap="sm">
        {brief.reason && <Text>{brief.reason}</Text>}
        {one && <Sources campaignId={campaignId} proposal={one} />}
        {proposal.isPending && <Loading height={160} />}
        {proposal.error && <Failed error={proposal.error} retry={() => void proposal.refetch()} />}
        {one && <Hints proposal={one} conflict={conflict} />}
        {one && <DiffView proposal={one} />}
      </Stack>
      {isGm && (
        <div className={classes.actions}>
          {open && (
            <>
              <Button
                onClick={props.onAccept}
                disabled={busy || stuck}
                leftSection={<IconCheck size={16} aria-hidden />}
                aria-keyshortcuts="a"
              >
                {t('actions.accept')}
              </Button>
              <Button
                variant="default"
                onClick={props.onEdit}
                disabled={busy || brief.operation === 'retire' || one?.gone}
                leftSection={<IconPencil size={16} aria-hidden />}
                aria-keyshortcuts="e"
              >
                {t('actions.edit')}
              </Button>
              <Button
                variant="light"
                color="blood"
                onClick={props.onReject}
                disabled={busy}
                leftSection={<IconX size={16} aria-hidden />}
                aria-keyshortcuts="r"
              >
                {t('actions.reject')}
              </Button>
              {brief.batch && (
                <Button
                  variant="subtle"
                  onClick={props.onAcceptAll}
                  loading={props.batchBusy}
                  leftSection={<IconChecks size={16} aria-hidden />}
                  aria-keyshortcuts="Shift+A"
                >
                  {t('actions.accept_batch')}
                </Button>
              )}
            </>
          )}
          {undoable && (
            <Button
              variant="default"
              onClick={props.onUndo}
              disabled={busy}
              leftSection={<IconArrowBackUp size={16} aria-hidden />}
            >
              {t('actions.undo')}
            </Button>
          )}
          {open && props.canUndo && (
            <Button
              variant="subtle"
              onClick={props.onUndoLast}
              disabled={busy}
              leftSection={<IconArrowBackUp size={16} aria-hidden />}
              aria-keyshortcuts="u"
            >
              {t('actions.undo_last')}
            </Button>
          )}
        </div>
      )}
    </section>
  )
}

function Decided({ brief }: { brief: ProposalBrief }) {
  const { t } = useTranslation('proposals')
  return (
    <Group gap={8} mb="sm">
      <Badge variant="light" color={brief.status === 'rejected' ? 'blood' : 'moss'}>
        {t(`status.${brief.status}`)}
      </Badge>
      {brief.decided_at && <When at={brief.decided_at} />}
      {brief.decided_note && <Text size="sm">{t('note', { note: brief.decided_note })}</Text>}
    </Group>
  )
}

function Hints({ proposal, conflict }: { proposal: Proposal; conflict: boolean }) {
  const { t } = useTranslation('proposals')
  if (proposal.status !== 'open') return null
  const hints = [
    proposal.gone && t('hint.gone'),
    proposal.needs.length > 0 && t('hint.needs', { count: proposal.needs.length }),
    conflict && t('hint.conflict'),
    proposal.diff.some((field) => field.locked) && t('hint.locked'),
  ].filter((hint): hint is string => typeof hint === 'string')
  return hints.map((hint) => (
    <Text key={hint} size="sm" fw={600}>
      {hint}
    </Text>
  ))
}

/** `<session id>/<entry id>` leads to the session. */
const inSession = /^([0-9a-f-]{36})\/[0-9a-f-]{36}$/

function Sources({ campaignId, proposal }: { campaignId: string; proposal: Proposal }) {
  const { t } = useTranslation('proposals')
  if (proposal.evidence.length === 0) return null
  return (
    <section aria-label={t('evidence.title')}>
      {proposal.evidence.map((source) => {
        const session = source.ref?.match(inSession)?.[1]
        return (
          <div key={JSON.stringify(source)}>
            <Group gap={6}>
              <IconQuote size={14} aria-hidden />
              <Text size="sm" c="dimmed">
                {t(`evidence.${source.kind}`)}
                {source.ref && !session && source.kind === 'text' && ` · ${source.ref}`}
              </Text>
              {session && (
                <Link
                  to="/campaigns/$campaignId/sessions/$sessionId"
                  params={{ campaignId, sessionId: session }}
                  style={{ color: 'var(--mantine-color-anchor)' }}
                >
                  {t('evidence.open')}
                </Link>
              )}
            </Group>
            {source.quote && <blockquote className={classes.quote}>{source.quote}</blockquote>}
          </div>
        )
      })}
    </section>
  )
}
