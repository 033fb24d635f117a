/** Who may see something. */
import { SegmentedControl, Text } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Visibility } from '@/api/types'

const all: Visibility[] = ['everyone', 'some', 'gm']

export function PickVisibility(props: {
  value: Visibility
  onChange: (value: Visibility) => void
  only?: Visibility[]
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
        onChange={(value) => props.onChange(value as Visibility)}
        data={(props.only ?? all).map((value) => ({ value, label: t(`visibility.${value}`) }))}
      />
    </div>
  )
}
