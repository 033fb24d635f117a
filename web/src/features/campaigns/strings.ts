/** The texts of this feature. */
import i18n from '@/i18n'
import campaigns from '@/i18n/en/campaigns.json'

i18n.addResourceBundle('en', 'campaigns', campaigns)
