/** The texts of this feature. */
import i18n from '@/i18n'
import exchange from '@/i18n/en/exchange.json'

i18n.addResourceBundle('en', 'exchange', exchange)
