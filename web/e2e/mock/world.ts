/** A small world for looking at the app without a server. */
import type * as T from '../../src/api/types'

const at = (minutesAgo: number) => new Date(Date.UTC(2026, 10, 20, 20, 0) - minutesAgo * 60_000).toISOString()
let counter = 0
export const id = () => `01900000-0000-7000-8000-${(++counter).toString(16).padStart(12, '0')}`

export const me: T.UserOut = {
  id: id(),
  username: 'mira',
  display_name: 'Mira',
  email: null,
  site_role: 'admin',
  created_at: at(9000),
}
export const other = { id: id(), display_name: 'Jonas' }
export const campaignId = id()
export const sessionId = id()

export const campaign: T.CampaignOut = {
  id: campaignId,
  name: 'The Drowned Bell',
  description:
    'A fishing village at the end of the road. Since the storm, a bell rings under the water every night, and each morning somebody is missing.',
  role: 'gm',
  version: 3,
  created_at: at(9000),
  updated_at: at(45),
  member_count: 3,
}

type Seed = Partial<T.EntityOut> & { kind: T.EntityKind; name: string }
function entity(seed: Seed): T.EntityOut {
  return {
    id: id(),
    campaign_id: campaignId,
    subtype: null,
    aliases: [],
    summary: '',
    body: '',
    tags: [],
    fields: {},
    visibility: 'everyone',
    visible_to: [],
    parent_id: null,
    version: 1,
    created_at: at(8000),
    updated_at: at(120),
    ...seed,
  }
}

const coast = entity({ kind: 'location', name: 'The Grey Coast', summary: 'Cliffs, gulls, and a road that gives up.' })
const village = entity({
  kind: 'location',
  name: 'Harrow’s End',
  summary: 'Forty houses, one inn, a church without a bell.',
  parent_id: coast.id,
  fields: { environment: 'coast', population: '212', start: true },
  body: 'The houses lean **away** from the sea. Every door has a line of salt across it.\n\n- The inn is called *The Patient Eel*.\n- The church lost its bell in the storm of ’32.',
  tags: ['village', 'start'],
})
const inn = entity({
  kind: 'location',
  name: 'The Patient Eel',
  summary: 'Smoke, fish stew, and low voices.',
  parent_id: village.id,
})
const church = entity({
  kind: 'location',
  name: 'Church of the Tide',
  summary: 'The tower stands open to the sky.',
  parent_id: village.id,
})
const crypt = entity({
  kind: 'location',
  name: 'The flooded crypt',
  summary: 'Stairs that go down into black water.',
  parent_id: church.id,
  visibility: 'gm',
})
village.fields.exits = [inn.id, church.id]

const sheet = (cls: string, health: number, mana: number, abilities: number[]) => ({
  class: cls,
  level: 2,
  experience: 340,
  health,
  max_health: health,
  mana,
  max_mana: mana,
  defense: 13,
  abilities: {
    strength: abilities[0],
    dexterity: abilities[1],
    constitution: abilities[2],
    intelligence: abilities[3],
    wisdom: abilities[4],
    charisma: abilities[5],
  },
  inventory: [
    { item: 'Healing draught', quantity: 2 },
    { item: 'Storm lantern', quantity: 1 },
  ],
})
const asla = entity({
  kind: 'character',
  subtype: 'pc',
  name: 'Asla Reed',
  aliases: ['Reed', 'the Eel-Witch'],
  summary: 'A smuggler’s daughter who reads the tide like others read letters.',
  body: 'Asla grew up under an upturned boat. She laughs *before* a fight, never after.',
  fields: {
    sheet: sheet('Scout', 18, 6, [10, 16, 12, 13, 14, 8]),
    voice: 'Quick, dry, swears by fish.',
    ready_made: true,
  },
  tags: ['party'],
})
const bram = entity({
  kind: 'character',
  subtype: 'pc',
  name: 'Brother Bram',
  summary: 'A bell-ringer without a bell, and a debt to the sea.',
  fields: { sheet: sheet('Cleric', 22, 14, [14, 9, 14, 10, 16, 12]), ready_made: true },
})
const ketil = entity({
  kind: 'character',
  subtype: 'pc',
  name: 'Ketil Ash-Hand',
  summary: 'A smith’s apprentice whose fire will not go out.',
  fields: { sheet: sheet('Fighter', 26, 0, [17, 11, 15, 8, 10, 11]), ready_made: true },
})
const orla = entity({
  kind: 'character',
  subtype: 'npc',
  name: 'Orla Finn',
  summary: 'Keeps the inn, the accounts, and her mouth shut.',
  fields: { personality: 'Kind to strangers, hard on liars.', present_at: inn.id },
})
const quest = entity({
  kind: 'quest',
  name: 'The bell below',
  summary: 'Find out who rings it.',
  fields: {
    giver: orla.id,
    objectives: [
      { id: 'a', text: 'Ask in the inn', target: 1 },
      { id: 'b', text: 'Find the missing fishermen', target: 3 },
    ],
    rewards: { experience: 200, gold: 50 },
    offered: true,
  },
})
export const entities: T.EntityOut[] = [
  coast,
  village,
  inn,
  church,
  crypt,
  asla,
  bram,
  ketil,
  orla,
  quest,
  entity({ kind: 'faction', name: 'The Salt Wardens', summary: 'They draw the lines at the doors.' }),
  entity({
    kind: 'item',
    name: 'Healing draught',
    summary: 'Bitter, green, and warm.',
    fields: { use: { heal: '2d4+2' }, value: 50 },
  }),
  entity({ kind: 'lore', name: 'The Storm of ’32', summary: 'Took the bell and eleven men.' }),
  entity({ kind: 'plot', name: 'The priest is already dead', summary: 'He has been for a year.', visibility: 'gm' }),
  ...Array.from({ length: 120 }, (_, i) =>
    entity({ kind: 'note', name: `Note ${i + 1}`, summary: 'A line from an old session.', tags: ['old'] }),
  ),
]
export const ids = { village: village.id, asla: asla.id, bram: bram.id, orla: orla.id, inn: inn.id, church: church.id }

export const facts: T.FactOut[] = [
  fact('Orla’s brother was the first who vanished.', 'lost', [{ type: 'everyone' }]),
  fact(
    'Orla pays the Salt Wardens to look away from the cellar.',
    'hides',
    [{ type: 'gm' }, { type: 'character', id: asla.id }],
    15,
  ),
]
function fact(text: string, predicate: string, knowers: T.Knower[], find_dc: number | null = null): T.FactOut {
  return {
    id: id(),
    subject_id: orla.id,
    subject_name: orla.name,
    predicate,
    object_id: null,
    object_name: null,
    text,
    knowers,
    story_from: find_dc === null ? null : 12 * 1440,
    story_to: null,
    find_dc,
    status: 'canon',
    kind: 'attribute',
    known: knowers.map((by) => ({ by, known_from: by.type === 'character' ? 17_300 : null, since: at(400) })),
    evidence: [{ kind: 'author' }],
    version: 1,
    created_at: at(500),
    updated_at: at(400),
  }
}

export const relationships: T.RelationshipOut[] = [
  {
    id: id(),
    from_id: orla.id,
    from_name: orla.name,
    to_id: asla.id,
    to_name: asla.name,
    kind: 'half-trusts',
    strength: 3,
    symmetric: false,
    visibility: 'everyone',
    note: 'Since the lantern night.',
    version: 1,
  },
]

export const session: T.SessionOut = {
  id: sessionId,
  campaign_id: campaignId,
  kind: 'game',
  title: 'The first night',
  created_by: me.id,
  created_at: at(50),
  status: 'running',
  started_at: at(45),
  ended_at: null,
  version: 1,
  seq: 0,
  participants: [
    { user_id: me.id, display_name: 'Mira', character_id: asla.id, character_name: 'Asla Reed', online: true },
    { user_id: other.id, display_name: 'Jonas', character_id: bram.id, character_name: 'Brother Bram', online: true },
  ],
}

export const game: T.GameState = {
  seq: 0,
  location: {
    id: village.id,
    name: village.name,
    summary: village.summary,
    people: [{ id: orla.id, name: orla.name }],
    exits: [
      { id: inn.id, name: inn.name },
      { id: church.id, name: church.name },
    ],
  },
  characters: [character(asla, me.id, 15, 18, 4, 6, 'Scout'), character(bram, other.id, 22, 22, 14, 14, 'Cleric')],
  quests: [
    {
      quest_id: quest.id,
      title: quest.name,
      status: 'active',
      objectives: [
        { id: 'a', text: 'Ask in the inn', progress: 1, target: 1 },
        { id: 'b', text: 'Find the missing fishermen', progress: 1, target: 3 },
      ],
    },
  ],
  clues: [{ fact_id: id(), text: 'The bell rings only when the tide is out.' }],
  generation: null,
}
function character(
  of: T.EntityOut,
  user_id: string,
  health: number,
  max_health: number,
  mana: number,
  max_mana: number,
  cls: string,
): T.GameCharacter {
  return {
    character_id: of.id,
    user_id,
    name: of.name,
    class: cls,
    level: 2,
    experience: 340,
    health,
    max_health,
    mana,
    max_mana,
    defense: 13,
    abilities: { strength: 10, dexterity: 16, constitution: 12, intelligence: 13, wisdom: 14, charisma: 8 },
    conditions: of === asla ? ['soaked'] : [],
    inventory: [
      { item_id: id(), name: 'Healing draught', quantity: 2, usable: true },
      { item_id: id(), name: 'Storm lantern', quantity: 1, usable: false },
    ],
  }
}

export const entries: T.EntryOut[] = []
export function entry(part: Pick<T.EntryOut, 'kind' | 'author' | 'text'> & Partial<T.EntryOut>): T.EntryOut {
  const last = entries[entries.length - 1]
  const made: T.EntryOut = {
    id: id(),
    session_id: sessionId,
    seq: entries.length + 1,
    parent_id: last?.id ?? null,
    data: {},
    generation_id: null,
    created_at: at(40 - entries.length * 0.3),
    ...part,
  }
  entries.push(made)
  return made
}
export const master: T.EntryAuthor = { type: 'master', name: 'Game master' }
export const engine: T.EntryAuthor = { type: 'engine', name: 'Asla Reed' }
export const mira: T.EntryAuthor = { type: 'member', user_id: me.id, character_id: asla.id, name: 'Asla Reed' }
const jonas: T.EntryAuthor = { type: 'member', user_id: other.id, character_id: bram.id, name: 'Brother Bram' }

entry({ kind: 'system', author: engine, text: 'The session begins. Mira plays Asla Reed.' })
let gen = id()
entry({
  kind: 'narration',
  author: master,
  generation_id: gen,
  text: 'Rain comes in from the sea in long grey curtains, and Harrow’s End has already closed its shutters against it. Only the inn still shows a light.\n\nSomewhere out past the harbour wall, where there is nothing but water, *a bell rings once*.',
  data: { status: 'complete', part: 0, final: true, label: 'oracle (no model)' },
})
for (let i = 0; i < 120; i++) {
  entry({
    kind: 'message',
    author: i % 2 ? jonas : mira,
    text: i % 2 ? 'Did you hear that?' : `I listen at the ${i}th door.`,
  })
  if (i % 3 === 0)
    entry({
      kind: 'narration',
      author: master,
      generation_id: id(),
      text: 'The salt at the threshold has been scuffed, as if something had been dragged across it. The wood is wet higher than the rain could reach.',
      data: { status: 'complete', part: 0, final: true, label: 'qwen3:8b' },
    })
}
entry({ kind: 'message', author: mira, text: 'I kneel and look for tracks in the mud by the door.' })
gen = id()
entry({
  kind: 'roll',
  author: engine,
  generation_id: gen,
  text: '1d20+2 = 17',
  data: {
    notation: '1d20+2',
    dice: [{ sides: 20, value: 15, kept: true }],
    modifier: 2,
    total: 17,
    purpose: 'Search the doorstep',
    seed: 7,
    check: { ability: 'wisdom', difficulty: 12, success: true, margin: 5 },
  },
})
entry({
  kind: 'effect',
  author: engine,
  generation_id: gen,
  text: 'Clue found',
  data: { effect: { type: 'clue_found' }, summary: 'Clue: the bell rings only when the tide is out' },
})
entry({
  kind: 'effect',
  author: engine,
  generation_id: gen,
  text: 'Damage',
  data: { effect: { type: 'damage' }, summary: 'Asla takes 3 damage' },
})
entry({
  kind: 'narration',
  author: master,
  generation_id: gen,
  text: 'Under the mud your fingers find a groove: a rope, drawn tight, running from the doorstep straight down to',
  data: {
    status: 'failed',
    part: 0,
    final: true,
    label: 'qwen3:8b',
    call_id: 'c1',
    error: {
      error_code: 'provider_idle',
      title: 'The model stopped sending',
      detail: 'Ollama stopped sending after 30 seconds. Try again, or let the oracle answer.',
    },
  },
})
session.seq = entries.length
