/** Where the person is signed in. */
import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconDeviceDesktop } from '@tabler/icons-react'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import { Confirm } from '@/ui/Confirm'
import { Panel } from '@/ui/Panel'
import { Failed, Loading } from '@/ui/states'
import { When } from '@/ui/time'
import './strings'

const devicesQuery = queryOptions({
  queryKey: ['devices'],
  queryFn: () => data(api.GET('/api/v1/auth/sessions')),
})

export function DevicesPage() {
  const { t } = useTranslation('access')
  const devices = useQuery(devicesQuery)
  const queries = useQueryClient()
  const again = () => queries.invalidateQueries({ queryKey: ['devices'] })
  const revoke = useMutation({
    mutationFn: (device_id: string) =>
      data(api.DELETE('/api/v1/auth/sessions/{device_id}', { params: { path: { device_id } } })),
    onSettled: again,
  })
  const others = (devices.data ?? []).some((device) => !device.current)
  return (
    <Panel
      title={t('settings.devices')}
      action={
        others && (
          <Confirm
            size="xs"
            variant="light"
            title={t('devices.revoke_others')}
            text={t('devices.revoke_others_text')}
            confirm={t('devices.revoke_others')}
            onConfirm={async () => {
              await data(api.DELETE('/api/v1/auth/sessions'))
              await again()
            }}
          >
            {t('devices.revoke_others')}
          </Confirm>
        )
      }
    >
      <Text c="dimmed" size="sm" mb="md">
        {t('devices.lead')}
      </Text>
      {devices.isPending && <Loading height={120} />}
      {devices.error && <Failed error={devices.error} retry={() => void devices.refetch()} />}
      {revoke.error && <Failed error={revoke.error} />}
      <Stack gap="sm" component="ul" p={0} m={0}>
        {devices.data?.map((device) => (
          <Group key={device.id} component="li" justify="space-between" wrap="nowrap">
            <Group wrap="nowrap">
              <IconDeviceDesktop size={22} stroke={1.5} />
              <div>
                <Group gap="xs">
                  <Text fw={600}>{device.label || t('devices.unknown')}</Text>
                  {device.current && <Badge size="sm">{t('devices.current')}</Badge>}
                </Group>
                <Text size="sm" c="dimmed">
                  {t('devices.used')} <When at={device.last_used_at} /> {device.ip ? `· ${device.ip}` : ''}
                </Text>
              </div>
            </Group>
            {!device.current && (
              <Button
                size="xs"
                variant="default"
                loading={revoke.isPending && revoke.variables === device.id}
                onClick={() => revoke.mutate(device.id)}
                aria-label={t('devices.revoke_label', { label: device.label })}
              >
                {t('devices.revoke')}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
    </Panel>
  )
}
