/** The texts of this feature. */
import i18n from '@/i18n'
import search from '@/i18n/en/search.json'

i18n.addResourceBundle('en', 'search', search)
