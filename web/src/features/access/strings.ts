/** The texts of this feature. */
import i18n from '@/i18n'
import access from '@/i18n/en/access.json'

i18n.addResourceBundle('en', 'access', access)
