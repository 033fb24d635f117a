/** The routes, typed the way openapi-fetch reads them. */
import type * as T from './types'

type Answer<S extends number, R> = [R] extends [undefined]
  ? { [K in S]: { headers: Record<string, unknown>; content?: never } }
  : { [K in S]: { headers: Record<string, unknown>; content: { 'application/json': R } } }
type Body<B> = [B] extends [undefined]
  ? { requestBody?: never }
  : { requestBody: { content: { 'application/json': B } } }
type Op<
  R,
  O extends { path?: unknown; query?: unknown; header?: unknown; body?: unknown } = object,
  S extends number = 200,
> = {
  parameters: {
    path: O extends { path: infer P } ? P : never
    query?: O extends { query: infer Q } ? Q : never
    header?: O extends { header: infer H } ? H : never
    cookie?: never
  }
  responses: Answer<S, R> & {
    422: { headers: Record<string, unknown>; content: { 'application/problem+json': T.Problem } }
  }
} & Body<O extends { body: infer B } ? B : undefined>
type Plain<R, O extends { query?: unknown; header?: unknown; body?: unknown } = object, S extends number = 200> = Omit<
  Op<R, O, S>,
  'parameters'
> & {
  parameters: {
    path?: never
    query?: O extends { query: infer Q } ? Q : never
    header?: O extends { header: infer H } ? H : never
    cookie?: never
  }
}
type Versioned = { 'If-Match': string }
type Paging = { limit?: number; cursor?: string }
type Campaign = { campaign_id: string }
type Session = { session_id: string }

export interface paths {
  '/api/v1/setup': { get: Plain<{ needed: boolean }>; post: Plain<T.TokenOut, { body: T.SetupIn }, 201> }
  '/api/v1/auth/register': { post: Plain<T.TokenOut, { body: T.RegisterIn }, 201> }
  '/api/v1/auth/login': { post: Plain<T.TokenOut, { body: T.LoginIn }> }
  '/api/v1/auth/logout': { post: Plain<undefined, object, 204> }
  '/api/v1/auth/sessions': { get: Plain<T.DeviceOut[]>; delete: Plain<undefined, object, 204> }
  '/api/v1/auth/sessions/{device_id}': { delete: Op<undefined, { path: { device_id: string } }, 204> }
  '/api/v1/users/me': { get: Plain<T.UserOut>; patch: Plain<T.UserOut, { body: T.UserPatch }> }
  '/api/v1/campaigns': {
    get: Plain<T.Page<T.CampaignOut>, { query: Paging }>
    post: Plain<T.CampaignOut, { body: T.CampaignIn }, 201>
  }
  '/api/v1/campaigns/{campaign_id}': {
    get: Op<T.CampaignOut, { path: Campaign }>
    patch: Op<T.CampaignOut, { path: Campaign; header: Versioned; body: Partial<T.CampaignIn> }>
    delete: Op<undefined, { path: Campaign; header: Versioned }, 204>
  }
  '/api/v1/campaigns/{campaign_id}/members': { get: Op<T.Page<T.MemberOut>, { path: Campaign }> }
  '/api/v1/campaigns/{campaign_id}/members/{user_id}': {
    patch: Op<T.MemberOut, { path: Campaign & { user_id: string }; body: { role: T.Role } }>
    delete: Op<undefined, { path: Campaign & { user_id: string } }, 204>
  }
  '/api/v1/campaigns/{campaign_id}/invitations': {
    get: Op<T.Page<T.InvitationOut>, { path: Campaign; query: Paging }>
    post: Op<T.InvitationOut, { path: Campaign; body: T.InvitationIn }, 201>
  }
  '/api/v1/invitations/{invitation_id}': { delete: Op<undefined, { path: { invitation_id: string } }, 204> }
  '/api/v1/invitations/code/{code}': { get: Op<T.InvitationPreview, { path: { code: string } }> }
  '/api/v1/invitations/code/{code}/accept': { post: Op<T.CampaignOut, { path: { code: string } }> }
  '/api/v1/live/ticket': { post: Plain<{ ticket: string; expires_in: number }> }
  '/api/v1/campaigns/{campaign_id}/entities': {
    get: Op<
      T.Page<T.EntityBrief>,
      { path: Campaign; query: Paging & { kind?: T.EntityKind; q?: string; tag?: string; parent_id?: string } }
    >
    post: Op<T.EntityOut, { path: Campaign; body: T.EntityIn }, 201>
  }
  '/api/v1/entities/{entity_id}': {
    get: Op<T.EntityOut, { path: { entity_id: string } }>
    patch: Op<T.EntityOut, { path: { entity_id: string }; header: Versioned; body: T.EntityPatch }>
    delete: Op<undefined, { path: { entity_id: string }; header: Versioned }, 204>
  }
  '/api/v1/campaigns/{campaign_id}/locations': { get: Op<T.Page<T.EntityBrief>, { path: Campaign; query: Paging }> }
  '/api/v1/locations/{location_id}/children': {
    get: Op<T.Page<T.EntityBrief>, { path: { location_id: string }; query: Paging }>
  }
  '/api/v1/locations/{location_id}/move': {
    post: Op<T.EntityOut, { path: { location_id: string }; header: Versioned; body: { parent_id: string | null } }>
  }
  '/api/v1/campaigns/{campaign_id}/facts': {
    get: Op<T.Page<T.FactOut>, { path: Campaign; query: Paging & { subject_id?: string } }>
    post: Op<T.FactOut, { path: Campaign; body: T.FactIn }, 201>
  }
  '/api/v1/facts/{fact_id}': {
    patch: Op<T.FactOut, { path: { fact_id: string }; header: Versioned; body: T.FactPatch }>
    delete: Op<undefined, { path: { fact_id: string }; header: Versioned }, 204>
  }
  '/api/v1/facts/{fact_id}/reveal': { post: Op<T.FactOut, { path: { fact_id: string }; body: { to: T.Knower[] } }> }
  '/api/v1/entities/{entity_id}/relationships': {
    get: Op<T.Page<T.RelationshipOut>, { path: { entity_id: string } }>
  }
  '/api/v1/campaigns/{campaign_id}/relationships': {
    post: Op<T.RelationshipOut, { path: Campaign; body: T.RelationshipIn }, 201>
  }
  '/api/v1/relationships/{relationship_id}': {
    delete: Op<undefined, { path: { relationship_id: string }; header: Versioned }, 204>
  }
  '/api/v1/campaigns/{campaign_id}/sessions': {
    get: Op<T.Page<T.SessionOut>, { path: Campaign; query: Paging }>
    post: Op<T.SessionOut, { path: Campaign; body: T.SessionIn }, 201>
  }
  '/api/v1/campaigns/{campaign_id}/ready-made': { get: Op<T.Page<T.ReadyMade>, { path: Campaign }> }
  '/api/v1/sessions/{session_id}': { get: Op<T.SessionOut, { path: Session }> }
  '/api/v1/sessions/{session_id}/start': { post: Op<T.SessionOut, { path: Session }> }
  '/api/v1/sessions/{session_id}/end': { post: Op<T.SessionOut, { path: Session }> }
  '/api/v1/sessions/{session_id}/join': { post: Op<T.SessionOut, { path: Session; body: { character_id: string } }> }
  '/api/v1/sessions/{session_id}/leave': { post: Op<T.SessionOut, { path: Session }> }
  '/api/v1/sessions/{session_id}/entries': {
    get: Op<T.Page<T.EntryOut>, { path: Session; query: { after_seq?: number; before_seq?: number; limit?: number } }>
  }
  '/api/v1/game/{session_id}/state': { get: Op<T.GameState, { path: Session }> }
  '/api/v1/ai/providers': {
    get: Plain<T.Page<T.ProviderOut>>
    post: Plain<T.ProviderOut, { body: T.ProviderIn }, 201>
  }
  '/api/v1/ai/providers/test': { post: Plain<T.ProviderTestOut, { body: T.ProviderTestIn }> }
  '/api/v1/ai/providers/{provider_id}': {
    patch: Op<T.ProviderOut, { path: { provider_id: string }; header: Versioned; body: T.ProviderPatch }>
    delete: Op<undefined, { path: { provider_id: string }; header: Versioned }, 204>
  }
  '/api/v1/ai/routes': { get: Plain<T.RoutesOut>; put: Plain<T.RoutesOut, { body: T.RoutesOut }> }
  '/api/v1/ai/calls': { get: Plain<T.Page<T.CallOut>, { query: Paging & { campaign_id?: string } }> }
  '/api/v1/ai/calls/{call_id}': { get: Op<T.CallDetailOut, { path: { call_id: string } }> }
}
