/** The routes. Every screen is loaded when it is first needed. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { auth } from './api/auth'
import { campaignQuery, queryClient, setupQuery } from './api/queries'
import type { EntityKind } from './api/types'
import type { AuthorKind, ProposalStatus, TargetType } from './features/proposals/queries'
import { ConnectionAnnouncer } from './ui/Connection'
import { Shell } from './ui/Shell'
import { Loading, NotFound, PageError } from './ui/states'

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined

const root = createRootRoute({
  component: () => (
    <>
      <ConnectionAnnouncer />
      <Outlet />
    </>
  ),
  notFoundComponent: () => (
    <main id="main">
      <NotFound />
    </main>
  ),
})

function signedOutOnly(next?: string): void {
  if (auth.get().status === 'signed_in') throw redirect({ href: next?.startsWith('/') ? next : '/campaigns' })
}

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: (search: Record<string, unknown>): { code?: string } => ({ code: text(search.code) }),
  beforeLoad: () => signedOutOnly(),
  component: lazyRouteComponent(() => import('./features/access/SetupPage'), 'SetupPage'),
})
const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { next?: string } => ({ next: text(search.next) }),
  beforeLoad: async ({ search }) => {
    signedOutOnly(search.next)
    const { needed } = await queryClient.ensureQueryData(setupQuery)
    if (needed) throw redirect({ to: '/setup' })
  },
  component: lazyRouteComponent(() => import('./features/access/LoginPage'), 'LoginPage'),
})
const register = createRoute({
  getParentRoute: () => root,
  path: '/register',
  beforeLoad: () => signedOutOnly(),
  component: lazyRouteComponent(() => import('./features/access/RegisterPage'), 'RegisterPage'),
})
const invite = createRoute({
  getParentRoute: () => root,
  path: '/invite/$code',
  component: lazyRouteComponent(() => import('./features/access/InvitePage'), 'InvitePage'),
})

const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: ({ location }) => {
    if (auth.get().status !== 'signed_in') {
      throw redirect({ to: '/login', search: location.pathname === '/' ? {} : { next: location.href } })
    }
  },
  component: Shell,
})
const index = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/campaigns' })
  },
})
const campaigns = createRoute({
  getParentRoute: () => app,
  path: '/campaigns',
  component: lazyRouteComponent(() => import('./features/campaigns/CampaignsPage'), 'CampaignsPage'),
})
const campaign = createRoute({
  getParentRoute: () => app,
  path: '/campaigns/$campaignId',
  loader: ({ params }) => queryClient.ensureQueryData(campaignQuery(params.campaignId)),
  component: lazyRouteComponent(() => import('./features/campaigns/CampaignLayout'), 'CampaignLayout'),
})
const campaignHome = createRoute({
  getParentRoute: () => campaign,
  path: '/',
  component: lazyRouteComponent(() => import('./features/campaigns/CampaignHome'), 'CampaignHome'),
})

export interface CanonSearch {
  kind?: EntityKind
  q?: string
  tag?: string
  tree?: boolean
}
const canon = createRoute({
  getParentRoute: () => campaign,
  path: '/canon',
  validateSearch: (search: Record<string, unknown>): CanonSearch => ({
    kind: text(search.kind) as EntityKind | undefined,
    q: text(search.q),
    tag: text(search.tag),
    tree: search.tree === true || undefined,
  }),
  component: lazyRouteComponent(() => import('./features/canon/CanonPage'), 'CanonPage'),
})
const canonNew = createRoute({
  getParentRoute: () => campaign,
  path: '/canon/new',
  validateSearch: (search: Record<string, unknown>): { kind?: EntityKind; parent?: string } => ({
    kind: text(search.kind) as EntityKind | undefined,
    parent: text(search.parent),
  }),
  component: lazyRouteComponent(() => import('./features/canon/EntityNewPage'), 'EntityNewPage'),
})
const entity = createRoute({
  getParentRoute: () => campaign,
  path: '/canon/$entityId',
  component: lazyRouteComponent(() => import('./features/canon/EntityPage'), 'EntityPage'),
})
const entityEdit = createRoute({
  getParentRoute: () => campaign,
  path: '/canon/$entityId/edit',
  component: lazyRouteComponent(() => import('./features/canon/EntityEditPage'), 'EntityEditPage'),
})
const entityHistory = createRoute({
  getParentRoute: () => campaign,
  path: '/canon/$entityId/history',
  component: lazyRouteComponent(() => import('./features/pages/HistoryPage'), 'HistoryPage'),
})
const trash = createRoute({
  getParentRoute: () => campaign,
  path: '/trash',
  component: lazyRouteComponent(() => import('./features/pages/TrashPage'), 'TrashPage'),
})
const audit = createRoute({
  getParentRoute: () => campaign,
  path: '/audit',
  component: lazyRouteComponent(() => import('./features/pages/AuditPage'), 'AuditPage'),
})
const map = createRoute({
  getParentRoute: () => campaign,
  path: '/map',
  validateSearch: (search: Record<string, unknown>): { map?: string; pin?: string } => ({
    map: text(search.map),
    pin: text(search.pin),
  }),
  component: lazyRouteComponent(() => import('./features/world/MapPage'), 'MapPage'),
})
export interface GraphSearch {
  center?: string
  depth?: number
  kind?: string
  /** In minutes of story time. */
  at?: number
  table?: boolean
}
const graph = createRoute({
  getParentRoute: () => campaign,
  path: '/graph',
  validateSearch: (search: Record<string, unknown>): GraphSearch => ({
    center: text(search.center),
    depth: typeof search.depth === 'number' ? search.depth : undefined,
    kind: text(search.kind),
    at: typeof search.at === 'number' ? search.at : undefined,
    table: search.table === true || undefined,
  }),
  component: lazyRouteComponent(() => import('./features/graph/GraphPage'), 'GraphPage'),
})
export interface KnowledgeSearch {
  /** Whose eyes, as `?viewer=` of the API takes it. */
  who?: string
  /** In minutes of story time. */
  at?: number
  kind?: string
  q?: string
}
const knowledge = createRoute({
  getParentRoute: () => campaign,
  path: '/knowledge',
  validateSearch: (search: Record<string, unknown>): KnowledgeSearch => ({
    who: text(search.who),
    at: typeof search.at === 'number' ? search.at : undefined,
    kind: text(search.kind),
    q: text(search.q),
  }),
  component: lazyRouteComponent(() => import('./features/knowledge/KnowledgePage'), 'KnowledgePage'),
})
const calendar = createRoute({
  getParentRoute: () => campaign,
  path: '/calendar',
  component: lazyRouteComponent(() => import('./features/calendar/CalendarPage'), 'CalendarPage'),
})
export interface ProposalSearch {
  /** `all` shows every status. */
  status?: ProposalStatus | 'all'
  author?: AuthorKind
  target_type?: TargetType
}
const proposals = createRoute({
  getParentRoute: () => campaign,
  path: '/proposals',
  validateSearch: (search: Record<string, unknown>): ProposalSearch => ({
    status: text(search.status) as ProposalSearch['status'],
    author: text(search.author) as AuthorKind | undefined,
    target_type: text(search.target_type) as TargetType | undefined,
  }),
  component: lazyRouteComponent(() => import('./features/proposals/ProposalsPage'), 'ProposalsPage'),
})
const suggest = createRoute({
  getParentRoute: () => campaign,
  path: '/proposals/new',
  validateSearch: (search: Record<string, unknown>): { about?: string } => ({ about: text(search.about) }),
  component: lazyRouteComponent(() => import('./features/proposals/SuggestPage'), 'SuggestPage'),
})
const search = createRoute({
  getParentRoute: () => campaign,
  path: '/search',
  validateSearch: (search: Record<string, unknown>): { q?: string; kind?: EntityKind; tag?: string } => ({
    q: text(search.q),
    kind: text(search.kind) as EntityKind | undefined,
    tag: text(search.tag),
  }),
  component: lazyRouteComponent(() => import('./features/search/SearchPage'), 'SearchPage'),
})
const usage = createRoute({
  getParentRoute: () => campaign,
  path: '/usage',
  component: lazyRouteComponent(() => import('./features/ai/CampaignUsagePage'), 'CampaignUsagePage'),
})
const ask = createRoute({
  getParentRoute: () => campaign,
  path: '/ask',
  component: lazyRouteComponent(() => import('./features/ask/AskPage'), 'AskPage'),
})
const session = createRoute({
  getParentRoute: () => campaign,
  path: '/sessions/$sessionId',
  component: lazyRouteComponent(() => import('./features/play/SessionPage'), 'SessionPage'),
})

const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  component: lazyRouteComponent(() => import('./features/access/SettingsLayout'), 'SettingsLayout'),
})
const settingsIndex = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/profile' })
  },
})
const profile = createRoute({
  getParentRoute: () => settings,
  path: '/profile',
  component: lazyRouteComponent(() => import('./features/access/ProfilePage'), 'ProfilePage'),
})
const devices = createRoute({
  getParentRoute: () => settings,
  path: '/devices',
  component: lazyRouteComponent(() => import('./features/access/DevicesPage'), 'DevicesPage'),
})
const tokens = createRoute({
  getParentRoute: () => settings,
  path: '/tokens',
  component: lazyRouteComponent(() => import('./features/access/TokensPage'), 'TokensPage'),
})
const appearance = createRoute({
  getParentRoute: () => settings,
  path: '/appearance',
  component: lazyRouteComponent(() => import('./features/access/AppearancePage'), 'AppearancePage'),
})
const ai = createRoute({
  getParentRoute: () => settings,
  path: '/ai',
  component: lazyRouteComponent(() => import('./features/ai/AiPage'), 'AiPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    setup,
    login,
    register,
    invite,
    app.addChildren([
      index,
      campaigns,
      campaign.addChildren([
        campaignHome,
        canon,
        canonNew,
        entity,
        entityEdit,
        usage,
        entityHistory,
        map,
        graph,
        knowledge,
        calendar,
        proposals,
        suggest,
        ask,
        trash,
        audit,
        search,
        session,
      ]),
      settings.addChildren([settingsIndex, profile, devices, tokens, appearance, ai]),
    ]),
  ]),
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultPendingComponent: () => <Loading />,
  defaultErrorComponent: ({ error, reset }) => <PageError error={error} reset={reset} />,
  defaultNotFoundComponent: NotFound,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
