/** Name and password. */
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { auth } from '@/api/auth'
import { api, data } from '@/api/client'
import { Failed } from '@/ui/states'
import './strings'

export function LoginForm({ onDone }: { onDone: () => Promise<void> }) {
  const { t } = useTranslation('access')
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      auth.accept(await data(api.POST('/api/v1/auth/login', { body: { username, password } })))
      await onDone()
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={send}>
      <Stack>
        <TextInput
          label={t('fields.username')}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
        <PasswordInput
          label={t('fields.password')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          required
        />
        {error !== null && <Failed error={error} />}
        <Button type="submit" loading={busy} size="md">
          {t('login.submit')}
        </Button>
      </Stack>
    </form>
  )
}
