/** A button that asks once more before it does something that is hard to take back. */
import { Button, type ButtonProps, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed } from './states'

interface ConfirmProps extends ButtonProps {
  title: string
  text: string
  confirm: string
  onConfirm: () => Promise<unknown>
  children: ReactNode
  label?: string
}

export function Confirm({ title, text, confirm, onConfirm, children, label, ...button }: ConfirmProps) {
  const { t } = useTranslation()
  const [opened, { open, close }] = useDisclosure(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const go = async () => {
    setBusy(true)
    setError(null)
    try {
      await onConfirm()
      close()
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Button color="blood" variant="subtle" {...button} onClick={open} aria-label={label}>
        {children}
      </Button>
      <Modal opened={opened} onClose={close} title={title}>
        <Stack>
          <Text size="sm">{text}</Text>
          {error !== null && <Failed error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              {t('actions.cancel')}
            </Button>
            <Button color="blood" onClick={go} loading={busy}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
