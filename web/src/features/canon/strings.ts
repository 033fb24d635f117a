/** The texts of this feature. */
import i18n from '@/i18n'
import canon from '@/i18n/en/canon.json'

i18n.addResourceBundle('en', 'canon', canon)
