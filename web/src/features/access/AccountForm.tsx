/** The fields of a new account, for set-up, registration and invitations alike. */
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldErrors } from '@/api/problem'
import { Failed } from '@/ui/states'
import './strings'

export interface AccountInput {
  username: string
  display_name: string
  password: string
  email?: string
}

interface AccountFormProps {
  submit: string
  onSubmit: (input: AccountInput) => Promise<void>
  before?: (error: (field: string) => string | undefined) => ReactNode
}

const empty = { username: '', display_name: '', password: '', email: '' }

export function AccountForm({ submit, onSubmit, before }: AccountFormProps) {
  const { t } = useTranslation('access')
  const [values, setValues] = useState(empty)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const fields = fieldErrors(error)
  const set = (key: keyof typeof empty) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget
    setValues((old) => ({ ...old, [key]: value }))
  }
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      const { email, display_name, ...rest } = values
      await onSubmit({ ...rest, display_name: display_name.trim() || rest.username, ...(email ? { email } : {}) })
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={send}>
      <Stack>
        {before?.((field) => fields[field])}
        <TextInput
          label={t('fields.username')}
          description={t('fields.username_hint')}
          value={values.username}
          onChange={set('username')}
          error={fields.username}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
        <TextInput
          label={t('fields.display_name')}
          value={values.display_name}
          onChange={set('display_name')}
          error={fields.display_name}
          autoComplete="nickname"
        />
        <PasswordInput
          label={t('fields.password')}
          description={t('fields.password_hint')}
          value={values.password}
          onChange={set('password')}
          error={fields.password}
          autoComplete="new-password"
          required
        />
        <TextInput
          label={t('fields.email')}
          description={t('fields.email_hint')}
          type="email"
          value={values.email}
          onChange={set('email')}
          error={fields.email}
          autoComplete="email"
        />
        {error !== null && Object.keys(fields).length === 0 && <Failed error={error} />}
        <Button type="submit" loading={busy} size="md">
          {submit}
        </Button>
      </Stack>
    </form>
  )
}
