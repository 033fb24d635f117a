/** Names of fields, and values in words. */
import { useTranslation } from 'react-i18next'
import '@/features/canon/strings'
import './strings'

export function useFieldName(): (field: string) => string {
  const { t, i18n } = useTranslation('proposals')
  return (field) => {
    if (field.startsWith('fields.')) return field.slice('fields.'.length).replaceAll('_', ' ')
    const key = `fields.${field}`
    return i18n.exists(key, { ns: 'proposals' }) ? t(key as 'fields.name') : field
  }
}

export function useShown(names: Record<string, string>): (field: string, value: unknown) => string {
  const { t, i18n } = useTranslation('proposals')
  const { t: canon } = useTranslation('canon')
  const word = (field: string, value: string): string => {
    if (value in names) return names[value] as string
    if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value)) return '…'
    const key = `words.${field}.${value}`
    return i18n.exists(key, { ns: 'proposals' }) ? t(key as 'words.visibility.gm') : value
  }
  const shown = (field: string, value: unknown): string => {
    if (typeof value === 'string') return word(field, value)
    if (typeof value === 'boolean') return t(value ? 'words.yes' : 'words.no')
    if (Array.isArray(value)) return value.map((one) => shown(field, one)).join(', ')
    if (typeof value === 'object' && value !== null) {
      const { type, id, kind } = value as Record<string, unknown>
      if (field === 'knowers' && typeof type === 'string') {
        return typeof id === 'string' ? word(field, id) : canon(`knowers.${type}` as 'knowers.everyone')
      }
      if (field === 'evidence' && typeof kind === 'string') return t(`evidence.${kind}` as 'evidence.author')
      return JSON.stringify(value, null, 2)
    }
    return String(value)
  }
  return shown
}
