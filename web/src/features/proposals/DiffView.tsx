/** A suggestion field by field: what is there, what would be, and where both changed the same. */
import { Badge, Group, Text, VisuallyHidden } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Media } from '@/ui/Media'
import classes from './Proposals.module.css'
import type { Proposal, ProposalField } from './queries'
import { useFieldName, useShown } from './shown'
import { pieces } from './words'
import './strings'

export function DiffView({ proposal }: { proposal: Proposal }) {
  const { t } = useTranslation('proposals')
  if (proposal.diff.length === 0) return <Text c="dimmed">{t('diff.none')}</Text>
  return (
    <ul className={classes.diff} aria-label={t('diff.label')}>
      {proposal.diff.map((field) => (
        <Part key={field.field} field={field} proposal={proposal} />
      ))}
    </ul>
  )
}

const isEmpty = (value: unknown) =>
  value === null || value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

function Part({ field, proposal }: { field: ProposalField; proposal: Proposal }) {
  const { t } = useTranslation('proposals')
  const name = useFieldName()
  const shown = useShown(proposal.names)
  const { before, after } = field as { before: unknown; after: unknown }
  const written = typeof before === 'string' && typeof after === 'string' && field.change === 'changed'
  const isText = written && (before.length > 60 || after.length > 60 || before.includes('\n') || after.includes('\n'))
  const picture = field.field === 'portrait_id' && typeof after === 'string'
  return (
    <li className={classes.part} data-conflict={field.conflict || undefined}>
      <Group gap={8} mb={4}>
        <Text fw={600} size="sm">
          {name(field.field)}
        </Text>
        <Badge size="xs" variant="light" color={colours[field.change]}>
          {t(`diff.${field.change}`)}
        </Badge>
        {field.conflict && (
          <Badge size="xs" color="blood" variant="filled">
            {t('diff.conflict')}
          </Badge>
        )}
        {field.locked && (
          <Badge size="xs" color="brass" variant="light" leftSection={<IconLock size={10} aria-hidden />}>
            {t('diff.locked')}
          </Badge>
        )}
      </Group>
      {picture ? (
        <Media id={after} alt={t('diff.picture')} className={classes.picture} />
      ) : isText ? (
        <p className={classes.text}>
          {pieces(before, after).map((piece, n) => {
            const key = `${n}:${piece.is}`
            if (piece.is === 'gone') return <del key={key}>{piece.text}</del>
            if (piece.is === 'new') return <ins key={key}>{piece.text}</ins>
            return <Quiet key={key} text={piece.text} />
          })}
        </p>
      ) : (
        <div className={classes.values}>
          {!isEmpty(before) && (
            <del>
              <VisuallyHidden>{t('diff.before')} </VisuallyHidden>
              {shown(field.field, before)}
            </del>
          )}
          {!isEmpty(after) && (
            <ins>
              <VisuallyHidden>{t('diff.after')} </VisuallyHidden>
              {shown(field.field, after)}
            </ins>
          )}
        </div>
      )}
      {field.conflict && field.base !== undefined && (
        <Text size="sm" c="dimmed" mt={4} className={classes.base}>
          {t('diff.base')} {isEmpty(field.base) ? t('diff.empty') : shown(field.field, field.base)}
        </Text>
      )}
    </li>
  )
}

const colours = { added: 'moss', removed: 'blood', changed: 'fjord' } as const

/** Of a long text that stays, only its ends: what matters is around it. */
function Quiet({ text }: { text: string }) {
  if (text.length < 500) return <span>{text}</span>
  return (
    <span>
      {text.slice(0, 200)} <span className={classes.gap}>⋯</span> {text.slice(-200)}
    </span>
  )
}
