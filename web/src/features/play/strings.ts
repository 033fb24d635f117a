/** The texts of this feature. */
import i18n from '@/i18n'
import play from '@/i18n/en/play.json'

i18n.addResourceBundle('en', 'play', play)
