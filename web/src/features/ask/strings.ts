/** The texts of this feature. */
import i18n from '@/i18n'
import ask from '@/i18n/en/ask.json'

i18n.addResourceBundle('en', 'ask', ask)
