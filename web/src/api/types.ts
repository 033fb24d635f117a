/**
 * Every type the app shares with the server, under one name each.
 *
 * All features import from here, so that the source (written by hand or generated from the OpenAPI document) can change
 * in one place.
 */

export type Role = 'gm' | 'player' | 'observer'
export type SiteRole = 'admin' | 'user'
export type EntityKind = 'character' | 'location' | 'faction' | 'item' | 'lore' | 'plot' | 'quest' | 'note' | 'scenario'
export type Visibility = 'everyone' | 'gm' | 'some'
export type Fields = Record<string, unknown>

export interface Page<T> {
  items: T[]
  next_cursor: string | null
  total?: number
}

export interface FieldProblem {
  field: string
  code: string
  message: string
}

export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  error_code: string
  retryable?: boolean
  timestamp?: string
  request_id?: string
  errors: FieldProblem[]
  current?: unknown
}

export interface UserOut {
  id: string
  username: string
  display_name: string
  email: string | null
  site_role: SiteRole
  created_at: string
}
export interface TokenOut {
  access_token: string
  expires_in: number
  user: UserOut
}
export interface SetupIn {
  code: string
  username: string
  display_name: string
  password: string
  email?: string
}
export interface RegisterIn {
  username: string
  display_name: string
  password: string
  email?: string
  invitation?: string
}
export type LoginIn = { username: string; password: string }
export interface DeviceOut {
  id: string
  label: string
  ip: string | null
  created_at: string
  last_used_at: string
  current: boolean
}
export interface UserPatch {
  display_name?: string
  email?: string | null
}

export interface CampaignOut {
  id: string
  name: string
  description: string
  role: Role
  version: number
  created_at: string
  updated_at: string
  member_count: number
}
export type CampaignIn = { name: string; description?: string }
export interface MemberOut {
  user_id: string
  display_name: string
  role: Role
  joined_at: string
  characters: string[]
}
export interface InvitationIn {
  role: Role
  max_uses?: number
  expires_in_hours?: number
}
export interface InvitationOut {
  id: string
  code: string
  role: Role
  uses: number
  max_uses: number | null
  expires_at: string | null
}
export interface InvitationPreview {
  campaign_name: string
  role: Role
  inviter: string
}

export interface EntityBrief {
  id: string
  kind: EntityKind
  subtype: string | null
  name: string
  summary: string
  tags: string[]
  parent_id: string | null
  visibility: Visibility
  child_count?: number
}
export interface EntityOut {
  id: string
  campaign_id: string
  kind: EntityKind
  subtype: string | null
  name: string
  aliases: string[]
  summary: string
  body: string
  tags: string[]
  fields: Fields
  visibility: Visibility
  visible_to?: string[]
  parent_id: string | null
  ancestors?: { id: string; name: string }[]
  version: number
  created_at: string
  updated_at: string
}
export interface EntityIn {
  kind: EntityKind
  subtype?: string | null
  name: string
  aliases?: string[]
  summary?: string
  body?: string
  tags?: string[]
  fields?: Fields
  visibility?: Visibility
  visible_to?: string[]
  parent_id?: string | null
}
export type EntityPatch = Partial<Omit<EntityIn, 'kind'>>

export type Knower =
  | { type: 'everyone' }
  | { type: 'gm' }
  | { type: 'reader' }
  | { type: 'character'; id: string }
  | { type: 'faction'; id: string }
export type Evidence = { kind: 'author' | 'entry' | 'roll'; ref?: string }
export interface FactOut {
  id: string
  subject_id: string
  subject_name: string
  predicate: string
  object_id: string | null
  object_name: string | null
  text: string
  knowers?: Knower[]
  story_from: number | null
  story_to: number | null
  find_dc?: number | null
  status: 'proposed' | 'canon' | 'retired'
  evidence: Evidence
  version: number
  created_at: string
  updated_at: string
}
export interface FactIn {
  subject_id: string
  predicate: string
  object_id?: string | null
  text: string
  knowers?: Knower[]
  find_dc?: number | null
}
export type FactPatch = Partial<FactIn> & { status?: FactOut['status'] }
export interface RelationshipOut {
  id: string
  from_id: string
  from_name: string
  to_id: string
  to_name: string
  kind: string
  strength: number
  symmetric: boolean
  visibility: Visibility
  note: string
  version: number
}
export interface RelationshipIn {
  from_id: string
  to_id: string
  kind: string
  strength?: number
  symmetric?: boolean
  visibility?: Visibility
  note?: string
}

export type SessionKind = 'game' | 'table' | 'roleplay'
export type SessionStatus = 'planned' | 'running' | 'ended'
export interface Participant {
  user_id: string
  display_name: string
  character_id: string | null
  character_name: string | null
  online: boolean
}
export interface SessionOut {
  id: string
  campaign_id: string
  kind: SessionKind
  title: string
  status: SessionStatus
  started_at: string | null
  ended_at: string | null
  version: number
  seq: number
  participants: Participant[]
}
export type SessionIn = { kind: SessionKind; title?: string }
export interface ReadyMade {
  id: string
  name: string
  summary: string
  fields: Fields
  taken_by: string | null
}

export type EntryKind = 'message' | 'narration' | 'roll' | 'effect' | 'system'
export interface EntryAuthor {
  type: 'member' | 'master' | 'engine'
  user_id?: string | null
  character_id?: string | null
  name: string
}
export interface EntryOut {
  id: string
  session_id: string
  seq: number
  parent_id: string | null
  kind: EntryKind
  author: EntryAuthor
  text: string
  data: Fields
  generation_id: string | null
  created_at: string
}
export type NarrationStatus = 'complete' | 'interrupted' | 'failed' | 'cancelled'
export interface NarrationData {
  status: NarrationStatus
  part: number
  final: boolean
  provider?: string
  model?: string
  label?: string
  call_id?: string
  error?: { error_code: string; detail: string } | null
}
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
export interface EffectData {
  effect: { type: string } & Record<string, unknown>
  summary: string
}
export interface InventoryLine {
  item_id: string | null
  name: string
  quantity: number
  usable: boolean
}
export interface GameCharacter {
  character_id: string
  user_id: string | null
  name: string
  class: string | null
  level: number
  experience: number
  health: number
  max_health: number
  mana: number
  max_mana: number
  defense: number
  abilities: Record<string, number>
  conditions: string[]
  inventory: InventoryLine[]
}
export interface GameQuest {
  quest_id: string
  title: string
  status: 'offered' | 'active' | 'completed' | 'failed'
  objectives: { id: string; text: string; progress: number; target: number }[]
}
export interface GameState {
  seq: number
  location: {
    id: string
    name: string
    summary: string
    exits: { id: string; name: string }[]
    people?: { id: string; name: string }[]
  } | null
  characters: GameCharacter[]
  quests: GameQuest[]
  clues: { fact_id: string; text: string }[]
  generation: { id: string; status: string } | null
}

export interface ProviderOut {
  id: string
  name: string
  kind: 'openai' | 'oracle'
  base_url: string
  model: string
  has_key: boolean
  outside: boolean
  enabled: boolean
  version: number
}
export interface ProviderIn {
  name: string
  base_url: string
  model: string
  api_key?: string
  outside?: boolean
}
export type ProviderPatch = Partial<ProviderIn> & { enabled?: boolean }
export interface ProviderTestIn {
  base_url: string
  api_key?: string
  model?: string
  provider_id?: string
}
export interface ProviderTestOut {
  ok: boolean
  latency_ms: number
  models: string[]
  sample: string | null
  error: { error_code: string; detail: string } | null
}
export type RoutesOut = { narrate: string[] }
/** One line of the ledger. */
export interface CallOut {
  id: string
  task: string
  provider: string
  model: string
  label: string
  outcome: string
  error_code?: string | null
  error_detail?: string | null
  attempts: number
  input_tokens: number
  output_tokens: number
  cached_tokens: number
  /** The provider did not count; we did. */
  estimated: boolean
  first_token_ms?: number | null
  total_ms: number
  created_at: string
}
export interface CallDetailOut extends CallOut {
  prompt_hash: string
  request: Fields
  receipt?: Fields | null
  reply: string
  tool_calls: Fields[]
  tried: Fields[]
  usage_raw?: Fields | null
}
