/** Short notices in the corner. Anything a person must act on belongs in the page instead. */
import { notifications } from '@mantine/notifications'
import { messageOf } from '@/api/problem'
import i18n from '@/i18n'

const closeButtonProps = () => ({ 'aria-label': i18n.t('actions.close') })

export function told(message: string): void {
  notifications.show({ message, color: 'fjord', autoClose: 2500, closeButtonProps: closeButtonProps() })
}

export function failed(error: unknown): void {
  notifications.show({
    message: messageOf(error),
    color: 'blood',
    autoClose: 6000,
    closeButtonProps: closeButtonProps(),
  })
}
