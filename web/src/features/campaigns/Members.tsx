/** Who belongs to the campaign; the GM changes roles and removes people. */
import { Avatar, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { IconUserMinus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import { campaignQuery, membersQuery } from '@/api/queries'
import type { MemberOut, Role } from '@/api/types'
import { useUser } from '@/ui/auth'
import { Confirm } from '@/ui/Confirm'
import { Panel } from '@/ui/Panel'
import { Failed, Loading } from '@/ui/states'
import { useCampaign } from './useCampaign'

export const roles: Role[] = ['gm', 'player', 'observer']

export function Members() {
  const { t } = useTranslation('campaigns')
  const { campaignId } = useCampaign()
  const members = useQuery(membersQuery(campaignId))
  return (
    <Panel title={t('home.members')}>
      {members.isPending && <Loading height={80} />}
      {members.error && <Failed error={members.error} retry={() => void members.refetch()} />}
      <Stack component="ul" gap="xs" p={0} m={0}>
        {members.data?.items.map((member) => (
          <Row key={member.user_id} member={member} />
        ))}
      </Stack>
    </Panel>
  )
}

function Row({ member }: { member: MemberOut }) {
  const { t } = useTranslation('campaigns')
  const { t: common } = useTranslation()
  const { campaignId, isGm } = useCampaign()
  const me = useUser()
  const queries = useQueryClient()
  const path = { campaign_id: campaignId, user_id: member.user_id }
  const again = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: membersQuery(campaignId).queryKey }),
      queries.invalidateQueries({ queryKey: campaignQuery(campaignId).queryKey }),
    ])
  const change = useMutation({
    mutationFn: (role: Role) =>
      data(api.PATCH('/api/v1/campaigns/{campaign_id}/members/{user_id}', { params: { path }, body: { role } })),
    onSettled: again,
  })
  const mine = member.user_id === me.id
  return (
    <li style={{ listStyle: 'none' }}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Avatar name={member.display_name} size={32} aria-hidden />
          <Text truncate>
            {member.display_name}
            {mine && (
              <Text span c="dimmed">
                {' '}
                ({t('home.you')})
              </Text>
            )}
          </Text>
        </Group>
        {isGm ? (
          <Group gap={4} wrap="nowrap">
            <NativeSelect
              size="xs"
              aria-label={t('home.role_of', { name: member.display_name })}
              value={change.isPending ? change.variables : member.role}
              onChange={(event) => change.mutate(event.currentTarget.value as Role)}
              data={roles.map((role) => ({ value: role, label: common(`roles.${role}`) }))}
            />
            {!mine && (
              <Confirm
                px={6}
                size="xs"
                label={t('home.remove', { name: member.display_name })}
                title={t('home.remove_title')}
                text={t('home.remove_text', { name: member.display_name })}
                confirm={common('actions.remove')}
                onConfirm={async () => {
                  await data(api.DELETE('/api/v1/campaigns/{campaign_id}/members/{user_id}', { params: { path } }))
                  await again()
                }}
              >
                <IconUserMinus size={16} />
              </Confirm>
            )}
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            {common(`roles.${member.role}`)}
          </Text>
        )}
      </Group>
      {change.error && <Failed error={change.error} />}
    </li>
  )
}
