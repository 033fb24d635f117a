/** Name and address of the person. */
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { auth } from '@/api/auth'
import { api, data } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import { useUser } from '@/ui/auth'
import { told } from '@/ui/notify'
import { Panel } from '@/ui/Panel'
import { Failed } from '@/ui/states'
import './strings'

export function ProfilePage() {
  const { t } = useTranslation('access')
  const { t: common } = useTranslation()
  const user = useUser()
  const [name, setName] = useState(user.display_name)
  const [email, setEmail] = useState(user.email ?? '')
  const save = useMutation({
    mutationFn: () =>
      data(api.PATCH('/api/v1/users/me', { body: { display_name: name, email: email === '' ? null : email } })),
    onSuccess: (out) => {
      auth.update(out)
      told(t('settings.saved'))
    },
  })
  const fields = fieldErrors(save.error)
  return (
    <Panel title={t('settings.profile')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Stack maw={420}>
          <TextInput label={t('fields.username')} value={user.username} disabled />
          <TextInput
            label={t('fields.display_name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={fields.display_name}
            required
          />
          <TextInput
            label={t('fields.email')}
            description={t('fields.email_hint')}
            type="email"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={fields.email}
          />
          {save.error && Object.keys(fields).length === 0 && <Failed error={save.error} />}
          <Group>
            <Button type="submit" loading={save.isPending}>
              {common('actions.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}
