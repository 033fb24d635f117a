/** What the keys do. */
import { Kbd, Modal, Text } from '@mantine/core'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './Proposals.module.css'
import './strings'

const moves = ['j', 'k'] as const
const decisions = ['a', 'e', 'r', 'u', 'A'] as const

export function Keys({ opened, close, isGm }: { opened: boolean; close: () => void; isGm: boolean }) {
  const { t } = useTranslation('proposals')
  const keys = [...moves, ...(isGm ? decisions : []), '?'] as const
  return (
    <Modal opened={opened} onClose={close} title={t('keys.title')}>
      <Text size="sm" c="dimmed" mb="sm">
        {t('keys.lead')}
      </Text>
      <div className={classes.keys}>
        {keys.map((key) => (
          <Fragment key={key}>
            <Kbd>{key}</Kbd>
            <Text size="sm">{t(`keys.${key}`)}</Text>
          </Fragment>
        ))}
      </div>
    </Modal>
  )
}
