import i18n from '@/i18n'
import media from '@/i18n/en/media.json'

i18n.addResourceBundle('en', 'media', media)
