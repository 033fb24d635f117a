/** The texts of this feature. */
import i18n from '@/i18n'
import ai from '@/i18n/en/ai.json'

i18n.addResourceBundle('en', 'ai', ai)
