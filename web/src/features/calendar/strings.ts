/** The texts of this feature. */
import i18n from '@/i18n'
import texts from '@/i18n/en/calendar.json'

i18n.addResourceBundle('en', 'calendar', texts)
