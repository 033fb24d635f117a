/**
 * What the play screen knows of one session: entries, the answer being written, game state, who is here.
 *
 * Fed by a stream handler; read through `subscribe`/`get` (useSyncExternalStore). Changes are bundled, so that a replay
 * of a thousand entries or a fast model costs one render per frame.
 */
import type { EntryOut, GameState, NarrationData, SessionOut } from '@/api/types'
import type { GenerationData, SessionSnapshot } from './protocol'
import type { StreamHandler } from './socket'
import { speaker } from './speaker'
import { type StreamedPart, StreamText } from './stream-text'
import { Timeline } from './timeline'

export interface Person {
  user_id: string
  display_name: string
}
export interface RunningGeneration {
  id: string
  label: string | null
  /** What the game master is doing besides talking (a tool of the rules). */
  tool: string | null
}
export interface SessionView {
  loaded: boolean
  session: SessionOut | null
  entries: readonly EntryOut[]
  streaming: readonly StreamedPart[]
  generation: RunningGeneration | null
  game: GameState | null
  present: readonly Person[]
  typing: readonly Person[]
  hasOlder: boolean
  loadingOlder: boolean
}

export interface SessionDeps {
  fetchGame(): Promise<GameState>
  fetchOlder(beforeSeq: number): Promise<EntryOut[]>
  /** The text so far of a running answer was lost: ask again. */
  catchUp(): void
  /** Runs soon, once per call (a frame in the browser). */
  schedule(work: () => void): void
  setTimeout(work: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
  now(): number
}

const TYPING_MS = 5_000
const GAME_DEBOUNCE_MS = 100

export class SessionStore implements StreamHandler {
  private readonly timeline = new Timeline()
  private readonly text = new StreamText()
  private session: SessionOut | null = null
  private game: GameState | null = null
  private generation: RunningGeneration | null = null
  private lastGenerationNews = 0
  private present: readonly Person[] = []
  private typing: readonly (Person & { until: number })[] = []
  private loaded = false
  private loadingOlder = false
  private olderEnded = false
  private view: SessionView | null = null
  private scheduled = false
  private gameTimer: unknown = null
  private gameTurn = 0
  private readonly listeners = new Set<() => void>()

  constructor(private readonly deps: SessionDeps) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  get = (): SessionView => {
    this.view ??= {
      loaded: this.loaded,
      session: this.session,
      entries: this.timeline.active(),
      streaming: this.text.list(),
      generation: this.generation,
      game: this.game,
      present: this.present,
      typing: this.typing,
      hasOlder: this.timeline.hasOlder && !this.olderEnded,
      loadingOlder: this.loadingOlder,
    }
    return this.view
  }

  onSnapshot = (state: unknown, _seq: number): void => {
    const { session, entries, game } = state as SessionSnapshot
    this.timeline.clear()
    this.text.clear()
    this.session = session
    this.game = game ?? null
    this.olderEnded = false
    this.generation = game?.generation ? { id: game.generation.id, label: null, tool: null } : null
    for (const entry of entries) this.take(entry)
    this.loaded = true
    this.changed()
  }

  onEntry = (entry: unknown): void => {
    const next = entry as EntryOut
    this.take(next)
    if (next.kind === 'effect' || next.kind === 'system') this.refreshGame()
    if (next.kind === 'message') {
      this.typing = this.typing.filter((person) => person.user_id !== speaker(next))
    }
    this.changed()
  }

  onReset = (): void => {
    this.text.clear()
    this.generation = null
    this.changed()
  }

  onResumed = (): void => {
    // Ephemeral news of the time away is lost; the state tells whether an answer is still being written.
    this.refreshGame()
  }

  onEphemeral = (kind: string, data: unknown): void => {
    if (kind === 'presence') this.present = (data as { users: Person[] }).users
    else if (kind === 'typing') this.someoneTypes(data as Person)
    else if (kind === 'generation') this.onGeneration(data as GenerationData)
    else return
    this.changed()
  }

  /** Pages upwards; calling it again while it runs does nothing. */
  async loadOlder(): Promise<void> {
    const before = this.timeline.firstSeq
    if (this.loadingOlder || before === null || !this.get().hasOlder) return
    this.loadingOlder = true
    this.changed()
    try {
      const page = await this.deps.fetchOlder(before)
      if (page.length === 0) this.olderEnded = true
      this.timeline.prepend(page)
    } finally {
      this.loadingOlder = false
      this.changed()
    }
  }

  /** Reads the game state again, soon; many calls become one. */
  refreshGame(): void {
    this.deps.clearTimeout(this.gameTimer)
    this.gameTimer = this.deps.setTimeout(() => void this.readGame(), GAME_DEBOUNCE_MS)
  }

  private async readGame(): Promise<void> {
    this.gameTurn += 1
    const turn = this.gameTurn
    const asked = this.deps.now()
    const game = await this.deps.fetchGame().catch(() => null)
    if (!game || turn !== this.gameTurn) return
    this.game = game
    const over = this.generation !== null && game.generation?.id !== this.generation.id
    if (over && this.generation && this.lastGenerationNews < asked) {
      this.text.end(this.generation.id)
      this.generation = null
    }
    if (game.generation && !this.generation) {
      if (this.lastGenerationNews < asked) this.generation = { id: game.generation.id, label: null, tool: null }
    }
    this.changed()
  }

  private take(entry: EntryOut): void {
    if (this.timeline.has(entry.id)) return
    this.timeline.append(entry)
    if (entry.kind === 'narration' && entry.generation_id) {
      const { part } = entry.data as unknown as NarrationData
      this.text.settle(entry.generation_id, part ?? 0)
    }
  }

  private onGeneration(news: GenerationData): void {
    this.lastGenerationNews = this.deps.now()
    const id = news.generation_id
    if (news.status === 'ended') {
      this.text.end(id)
      if (this.generation?.id === id) this.generation = null
      this.refreshGame()
      return
    }
    if (this.generation?.id !== id) this.generation = { id, label: news.label ?? null, tool: null }
    else if (news.label && news.label !== this.generation.label)
      this.generation = { ...this.generation, label: news.label }
    if (news.status === 'tool') {
      this.generation = { ...this.generation, tool: news.text ?? '' }
    } else if (news.status === 'delta' && news.text) {
      if (this.generation.tool !== null) this.generation = { ...this.generation, tool: null }
      if (this.text.delta(id, news.part ?? 0, news.offset ?? 0, news.text) === 'gap') this.deps.catchUp()
    }
  }

  private someoneTypes(person: Person): void {
    const until = this.deps.now() + TYPING_MS
    this.typing = [...this.typing.filter((p) => p.user_id !== person.user_id), { ...person, until }]
    this.deps.setTimeout(() => {
      const now = this.deps.now()
      this.typing = this.typing.filter((p) => p.until > now)
      this.changed()
    }, TYPING_MS + 10)
  }

  private changed(): void {
    this.view = null
    if (this.scheduled) return
    this.scheduled = true
    this.deps.schedule(() => {
      this.scheduled = false
      for (const listener of this.listeners) listener()
    })
  }
}
