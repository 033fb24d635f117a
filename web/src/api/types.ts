/**
 * Every type the app shares with the server, under one name each.
 *
 * They come from the OpenAPI document (`npm run gen` writes schema.d.ts). By hand are only the shapes inside free JSON:
 * what `data` of an entry holds is said by its kind.
 */
import type { components } from './schema'

type Schemas = components['schemas']

export type Role = Schemas['Role']
export type EntityKind = Schemas['EntityKind']
export type Visibility = Schemas['Visibility']
export type Subtype = Schemas['Subtype']
/** Free JSON. */
export type Fields = Record<string, unknown>

/** The body of a refusal. What did not come from the server (no connection, a proxy's page) lacks some of it. */
export type Problem = Omit<Schemas['ProblemBody'], 'retryable' | 'timestamp' | 'request_id'> &
  Partial<Pick<Schemas['ProblemBody'], 'retryable' | 'timestamp' | 'request_id'>>
export type FieldProblem = Schemas['FieldError']

export type UserOut = Schemas['UserOut']
export type TokenOut = Schemas['TokenOut']
export type DeviceOut = Schemas['DeviceOut']
export type AccessTokenIn = Schemas['AccessTokenIn']
export type AccessTokenMade = Schemas['AccessTokenMade']
export type AccessTokenOut = Schemas['AccessTokenOut']

export type CampaignOut = Schemas['CampaignOut']
export type MemberOut = Schemas['MemberOut']
export type InvitationIn = Schemas['InvitationIn']
export type InvitationOut = Schemas['InvitationOut']

export type EntityBrief = Schemas['EntityBrief']
export type EntityOut = Schemas['EntityOut']
export type EntityIn = Schemas['EntityIn']
export type EntityPatch = Schemas['EntityPatch']
export type Knower = Schemas['Knower']
export type ImportReport = Schemas['ImportReport']
export type JobOut = Schemas['JobOut']
export type VaultReport = Schemas['VaultReport']
export type MediaOut = Schemas['MediaOut']
export type Evidence = Schemas['Evidence']
export type FactOut = Schemas['FactOut']
export type RelationshipOut = Schemas['RelationshipOut']

export type SessionOut = Schemas['SessionOut']
export type SessionKind = Schemas['SessionKind']
export type SessionStatus = Schemas['SessionStatus']
export type Participant = Schemas['Participant']
export type ReadyMade = Schemas['ReadyMade']
export type EntryOut = Schemas['EntryOut']
export type EntryAuthor = Schemas['Author']
export type GameState = Schemas['GameOut']
export type GameCharacter = Schemas['CharacterOut']
export type GameQuest = Schemas['QuestOut']
export type InventoryLine = Schemas['Carried']

export type ProviderOut = Schemas['ProviderOut']
export type RoutesOut = Schemas['RoutesOut']
export type ProviderIn = Schemas['ProviderIn']
export type ProviderPatch = Schemas['ProviderPatch']
export type ProviderTestOut = Schemas['ProbeOut']
export type PriceOut = Schemas['AiPriceOut']
export type BudgetOut = Schemas['BudgetOut']
export type UsageBy = Schemas['AiUsageBy']
export type UsageOut = Schemas['AiUsageOut']
export type UsageRow = Schemas['AiUsageRow']
export type CallOut = Schemas['CallOut']
export type CallDetailOut = Schemas['CallDetailOut']

export type NarrationStatus = 'complete' | 'interrupted' | 'failed' | 'cancelled'
/** What `data` of a narration holds. */
export interface NarrationData {
  status: NarrationStatus
  part: number
  final: boolean
  provider?: string
  model?: string
  label?: string
  call_id?: string | null
  error?: { error_code: string; title?: string; detail: string } | null
}
/** What `data` of a roll holds. */
export interface RollData {
  notation: string
  dice: { sides: number; value: number; kept: boolean }[]
  modifier: number
  total: number
  purpose: string
  seed: number | string
  character_id?: string | null
  check?: { ability: string; difficulty: number; success: boolean; margin: number } | null
}
/** What `data` of an effect holds. */
export interface EffectData {
  effect: { type: string } & Fields
  summary: string
}
