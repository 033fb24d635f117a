/** Texts. Common ones load with the app; each feature brings its own when its screens load. */
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import type access from './en/access.json'
import type ai from './en/ai.json'
import type ask from './en/ask.json'
import type calendar from './en/calendar.json'
import type campaigns from './en/campaigns.json'
import type canon from './en/canon.json'
import common from './en/common.json'
import type exchange from './en/exchange.json'
import type graph from './en/graph.json'
import type knowledge from './en/knowledge.json'
import type media from './en/media.json'
import type pages from './en/pages.json'
import type play from './en/play.json'
import type proposals from './en/proposals.json'
import type search from './en/search.json'
import type world from './en/world.json'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: {
      common: typeof common
      access: typeof access
      ai: typeof ai
      calendar: typeof calendar
      ask: typeof ask
      campaigns: typeof campaigns
      canon: typeof canon
      knowledge: typeof knowledge
      media: typeof media
      exchange: typeof exchange
      graph: typeof graph
      pages: typeof pages
      play: typeof play
      proposals: typeof proposals
      search: typeof search
      world: typeof world
    }
  }
}

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  defaultNS: 'common',
  ns: ['common'],
  resources: { en: { common } },
  interpolation: { escapeValue: false },
  returnNull: false,
})

export default i18next
