/** How the fields of an entity are called. */
import { useTranslation } from 'react-i18next'
import './strings'

/** The fields that have a lock of their own, besides each key of `fields`. */
export const lockable = [
  'name',
  'subtype',
  'aliases',
  'summary',
  'body',
  'tags',
  'visibility',
  'visible_to',
  'parent_id',
  'portrait_id',
] as const

const known = [...lockable, 'fields', 'locked', 'kind'] as const

export function useFieldName(): (field: string) => string {
  const { t } = useTranslation('pages')
  return (field) => {
    const name = known.find((one) => one === field)
    return name ? t(`fields.${name}`) : field.replace(/^fields\./, '').replaceAll('_', ' ')
  }
}
