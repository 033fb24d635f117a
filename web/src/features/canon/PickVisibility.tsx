/** Who may see something. */
import { SegmentedControl, Text } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Visibility } from '@/api/types'

const all: Visibility[] = ['everyone', 'some', 'gm']

export function PickVisibility<V extends Visibility>(props: {
  value: V
  onChange: (value: V) => void
  only?: readonly V[]
}) {
  const { t } = useTranslation('canon')
  const id = useId()
  return (
    <div>
      <Text size="sm" fw={500} mb={4} id={id}>
        {t('visibility.label')}
      </Text>
      <SegmentedControl
        aria-labelledby={id}
        value={props.value}
        onChange={(value) => props.onChange(value as V)}
        data={(props.only ?? all).map((value) => ({ value, label: t(`visibility.${value}`) }))}
      />
    </div>
  )
}
