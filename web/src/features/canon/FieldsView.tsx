/** The fields of an entity, in words. What we have no words for is shown as it is stored. */
import { Code, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { EntityOut, Fields } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import classes from './FieldsView.module.css'
import { type FieldSpec, otherFields, readPath, referencedIds, specs } from './fields'
import { EntityLink, useNames } from './names'

const abilities = ['strength', 'dexterity', 'constitution', 'intelligence', 'wisdom', 'charisma'] as const

function empty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    value === false ||
    (Array.isArray(value) && value.length === 0)
  )
}

/** The most a character can have is shown behind what it has. */
const ceilings: Record<string, string> = { 'sheet.health': 'sheet.max_health', 'sheet.mana': 'sheet.max_mana' }

function isCeiling(entity: EntityOut, path: string): boolean {
  return Object.entries(ceilings).some(([now, most]) => most === path && !empty(readPath(entity.fields, now)))
}

function ceiling(entity: EntityOut, path: string): string {
  const most = ceilings[path] ? readPath(entity.fields, ceilings[path]) : undefined
  return typeof most === 'number' ? ` / ${most}` : ''
}

export function hasFields(entity: EntityOut): boolean {
  return Object.keys(entity.fields).length > 0
}

export function FieldsView({ entity }: { entity: EntityOut }) {
  const { t } = useTranslation('canon')
  const { campaignId } = useCampaign()
  const names = useNames(campaignId, referencedIds(entity.kind, entity.fields))
  const scores = readPath(entity.fields, 'sheet.abilities') as Record<string, number> | undefined
  const shown = specs[entity.kind].filter(
    ({ path }) =>
      !path.startsWith('sheet.abilities.') && !isCeiling(entity, path) && !empty(readPath(entity.fields, path)),
  )
  const rest = otherFields(entity.kind, entity.fields)
  return (
    <>
      {scores && (
        <dl className={classes.abilities}>
          {abilities
            .filter((name) => name in scores)
            .map((name) => (
              <div key={name}>
                <dt>{t(`fields.${name}`).slice(0, 3)}</dt>
                <dd>{scores[name]}</dd>
              </div>
            ))}
        </dl>
      )}
      <dl className={classes.list}>
        {shown.map((spec) => (
          <div key={spec.path} data-wide={spec.input === 'area' || undefined}>
            <dt>{t(`fields.${spec.label as 'class'}`)}</dt>
            <dd>
              <Value spec={spec} value={readPath(entity.fields, spec.path)} names={names} campaignId={campaignId} />
              {ceiling(entity, spec.path)}
            </dd>
          </div>
        ))}
        {Object.entries(rest).map(([key, value]) => (
          <div key={key}>
            <dt>{key.replaceAll('_', ' ')}</dt>
            <dd>{typeof value === 'object' ? <Code block>{JSON.stringify(value, null, 2)}</Code> : String(value)}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

interface ValueProps {
  spec: FieldSpec
  value: unknown
  names: Map<string, string>
  campaignId: string
}

function Value({ spec, value, names, campaignId }: ValueProps) {
  const { t } = useTranslation('canon')
  const link = (id: unknown) => {
    const name = typeof id === 'string' ? names.get(id) : undefined
    return name ? (
      <EntityLink campaignId={campaignId} id={id as string} name={name} />
    ) : (
      <Text span c="dimmed">
        …
      </Text>
    )
  }
  const rows = Array.isArray(value) ? (value as Fields[]) : []
  switch (spec.input) {
    case 'switch':
      return t('fields.yes')
    case 'location':
    case 'character':
      return link(value)
    case 'locations':
    case 'items':
      return (
        <ul className={classes.plain}>
          {rows.map((id) => (
            <li key={String(id)}>{link(id)}</li>
          ))}
        </ul>
      )
    case 'lines':
      return (
        <ul className={classes.plain}>
          {rows.map((line) => (
            <li key={String(line)}>{String(line)}</li>
          ))}
        </ul>
      )
    case 'inventory':
      return (
        <ul className={classes.plain}>
          {rows.map((row) => (
            <li key={String(row.item)}>
              {String(row.item)}
              {Number(row.quantity ?? 1) > 1 && ` × ${row.quantity}`}
            </li>
          ))}
        </ul>
      )
    case 'objectives':
      return (
        <ol className={classes.plain}>
          {rows.map((row) => (
            <li key={String(row.id ?? row.text)}>
              {String(row.text)}
              {Number(row.target ?? 1) > 1 && ` × ${row.target}`}
              {row.at !== undefined && <> ({link(row.at)})</>}
            </li>
          ))}
        </ol>
      )
    case 'milestones':
      return (
        <ul className={classes.plain}>
          {rows.map((row) => (
            <li key={String(row.text)}>
              {row.done === true ? '✓ ' : '○ '}
              {String(row.text)}
            </li>
          ))}
        </ul>
      )
    default:
      return String(value)
  }
}
