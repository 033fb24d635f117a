/** What stands for money and usage in menus. */
export { IconCoin as UsageIcon } from '@tabler/icons-react'
