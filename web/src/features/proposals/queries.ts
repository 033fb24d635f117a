/** Suggestions as the server tells them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, data } from '@/api/client'
import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type Proposal = Schemas['ProposalOut']
export type ProposalBrief = Schemas['ProposalBrief']
export type ProposalPage = Schemas['ProposalPage']
export type ProposalField = Schemas['ProposalField']
export type ProposalStatus = Schemas['ProposalStatus']
export type ProposalIn = Schemas['ProposalIn']
export type ProposalPolicy = Schemas['ProposalPolicy']
export type ProposalRule = Schemas['ProposalRule']
export type ProposalReport = Schemas['ProposalReport']
export type AuthorKind = Schemas['ProposalAuthorKind']
export type TargetType = Schemas['ProposalTarget']
export type Decision = Schemas['ProposalDecision']
export type Change = Record<string, unknown>

export interface ProposalFilter {
  status?: ProposalStatus
  author?: AuthorKind
  target_type?: TargetType
}

const list = '/api/v1/campaigns/{campaign_id}/proposals'

export const proposalsQuery = (campaign_id: string, filter: ProposalFilter) =>
  infiniteQueryOptions({
    queryKey: ['campaign', campaign_id, 'proposals', 'list', filter],
    queryFn: ({ pageParam }) => {
      const query = { ...filter, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) }
      return data(api.GET(list, { params: { path: { campaign_id }, query } }))
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  })

export const proposalQuery = (campaign_id: string, proposal_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'proposals', 'one', proposal_id],
    queryFn: () => data(api.GET('/api/v1/proposals/{proposal_id}', { params: { path: { proposal_id } } })),
  })

/** How many wait for a decision. */
export const openCountQuery = (campaign_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'proposals', 'open'],
    queryFn: async () => {
      const query = { status: 'open' as const, limit: 1 }
      return (await data(api.GET(list, { params: { path: { campaign_id }, query } }))).counts.open
    },
  })

export const policyQuery = (campaign_id: string) =>
  queryOptions({
    queryKey: ['campaign', campaign_id, 'proposals', 'policy'],
    queryFn: () => data(api.GET(`${list}/policy`, { params: { path: { campaign_id } } })),
  })

const at = (proposal_id: string) => ({ params: { path: { proposal_id } } })

export const accept = (id: string, body: Schemas['ProposalAccept']) =>
  data(api.POST('/api/v1/proposals/{proposal_id}/accept', { ...at(id), body }))

export const reject = (id: string, note: string) =>
  data(api.POST('/api/v1/proposals/{proposal_id}/reject', { ...at(id), body: { note } }))

export const undo = (id: string) => data(api.POST('/api/v1/proposals/{proposal_id}/undo', at(id)))

export const acceptBatch = (campaign_id: string, batch_id: string) =>
  data(api.POST(`${list}/accept-all`, { params: { path: { campaign_id } }, body: { filter: { batch_id } } }))

export const suggest = (campaign_id: string, proposal: ProposalIn) =>
  data(api.POST(list, { params: { path: { campaign_id } }, body: { proposals: [proposal] } }))
