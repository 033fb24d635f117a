/** The fields that differ between two versions, each as a text with what went and what came. */
import { Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { diffText } from './diff'
import { useFieldName } from './fieldNames'
import classes from './Pages.module.css'
import type { FieldDiff } from './queries'
import './strings'

/** `whole` leaves out what went: the later text, with what is new in it marked. */
export function TextDiff(props: { before: string; after: string; label: string; whole?: boolean }) {
  const { before, after, label, whole = false } = props
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by keys
    <section className={classes.diff} tabIndex={0} aria-label={label}>
      {diffText(before, after).map((piece, i) => {
        // biome-ignore-start lint/suspicious/noArrayIndexKey: the pieces of one text stay in their places
        if (piece.kind === 'added') return <ins key={i}>{piece.text}</ins>
        if (piece.kind === 'removed') return whole ? null : <del key={i}>{piece.text}</del>
        return <span key={i}>{piece.text}</span>
        // biome-ignore-end lint/suspicious/noArrayIndexKey: as above
      })}
    </section>
  )
}

export function Diff({ fields, names }: { fields: FieldDiff[]; names: { id: string; name: string }[] }) {
  const { t } = useTranslation('pages')
  const fieldName = useFieldName()
  const known = new Map(names.map((entity) => [entity.id, entity.name]))
  const show = (value: unknown): string => {
    if (value === null || value === undefined) return ''
    if (typeof value === 'string') return known.get(value) ?? value
    if (Array.isArray(value)) return value.map(show).join('\n')
    return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)
  }
  if (fields.length === 0) return <Text c="dimmed">{t('diff.none')}</Text>
  return (
    <Stack gap="sm">
      {fields.map(({ field, before, after }) => (
        <div key={field}>
          <Text fw={600} size="sm" mb={4}>
            {fieldName(field)}
          </Text>
          <TextDiff before={show(before)} after={show(after)} label={fieldName(field)} />
        </div>
      ))}
    </Stack>
  )
}
