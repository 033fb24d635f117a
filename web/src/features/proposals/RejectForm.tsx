/** A word to the author, if one wants to say it. Enter rejects. */
import { Button, Group, Modal, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import './strings'

interface RejectFormProps {
  label: string
  close: () => void
  reject: (note: string) => void
}

export function RejectForm({ label, close, reject }: RejectFormProps) {
  const { t } = useTranslation('proposals')
  const { t: common } = useTranslation()
  const [note, setNote] = useState('')
  return (
    <Modal opened onClose={close} title={t('reject.title', { label })} returnFocus={false}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          reject(note.trim())
        }}
      >
        <TextInput
          data-autofocus
          label={t('reject.note')}
          value={note}
          maxLength={500}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={close}>
            {common('actions.cancel')}
          </Button>
          <Button type="submit" color="blood">
            {t('actions.reject')}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
