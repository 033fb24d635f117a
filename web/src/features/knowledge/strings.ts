/** The texts of this feature. */
import i18n from '@/i18n'
import texts from '@/i18n/en/knowledge.json'

i18n.addResourceBundle('en', 'knowledge', texts)
