/** The play screen: lobby, story, composer, side. */
import { useMediaQuery } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { sessionQuery, sessionsQuery } from '@/api/queries'
import type { SessionOut } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { outbox, useOutbox, useSession } from '@/live/live'
import { useUser } from '@/ui/auth'
import { useDraft } from '@/ui/drafts'
import { failed } from '@/ui/notify'
import { useTitle } from '@/ui/Page'
import { Loading, PageError } from '@/ui/states'
import { Announcer } from './Announcer'
import { Composer } from './Composer'
import { Lobby } from './Lobby'
import { sendAgain } from './PendingRow'
import { toRows } from './rows'
import { Foot, SessionHead } from './SessionFrame'
import classes from './SessionPage.module.css'
import { signed } from './Sheet'
import { SideBar, SideColumn, type SideProps } from './Side'
import { Timeline } from './Timeline'
import './strings'

const CallDrawer = lazy(() => import('@/features/ai/CallDrawer'))

export function SessionPage() {
  const { sessionId } = useParams({ from: '/app/campaigns/$campaignId/sessions/$sessionId' })
  const { campaignId, isGm, mayPlay } = useCampaign()
  const me = useUser()
  const queries = useQueryClient()
  const session = useQuery(sessionQuery(sessionId))
  const [watching, setWatching] = useState(false)
  useTitle(session.data?.title || undefined)

  const joined = (out: SessionOut) => {
    queries.setQueryData(sessionQuery(sessionId).queryKey, out)
    void queries.invalidateQueries({ queryKey: sessionsQuery(campaignId).queryKey })
  }

  if (session.isPending) return <Loading />
  if (session.error && !session.data) return <PageError error={session.error} reset={() => void session.refetch()} />
  const seat = session.data.participants.find((participant) => participant.user_id === me.id)
  const lobby = mayPlay && session.data.status !== 'ended' && !seat?.character_id && !watching
  if (lobby) {
    return <Lobby session={session.data} campaignId={campaignId} joined={joined} watch={() => setWatching(true)} />
  }
  return (
    <Play
      key={sessionId}
      session={session.data}
      isGm={isGm}
      characterId={seat?.character_id ?? null}
      pick={mayPlay && !seat?.character_id ? () => setWatching(false) : null}
    />
  )
}

interface PlayProps {
  session: SessionOut
  isGm: boolean
  characterId: string | null
  pick: (() => void) | null
}

function Play({ session, isGm, characterId, pick }: PlayProps) {
  const me = useUser()
  const queries = useQueryClient()
  const handle = useSession(session.id)
  const { view, command, typing, loadOlder } = handle
  const pending = useOutbox(`session:${session.id}`)
  const draft = useDraft(`say:${session.id}:${me.id}`, '')
  const input = useRef<HTMLTextAreaElement>(null)
  const wide = useMediaQuery('(min-width: 64em)', true, { getInitialValueInEffect: false })
  const mayAct = session.status === 'running' && characterId !== null
  const mayInspect = isGm || me.site_role === 'admin'
  const [call, setCall] = useState<string | null>(null)
  const [inspected, setInspected] = useState(false)

  const rows = useMemo(
    () =>
      toRows({
        entries: view.entries,
        streaming: view.streaming,
        generation: view.generation,
        pending,
        userId: me.id,
      }),
    [view.entries, view.streaming, view.generation, pending, me.id],
  )

  // Joining, leaving, starting and ending show as system entries or as presence; the session is read again then.
  const news = view.entries.reduce((last, entry) => (entry.kind === 'system' ? entry.seq : last), 0)
  const present = view.present.map((person) => person.user_id).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: these two are the reason to read again
  useEffect(() => {
    void queries.invalidateQueries({ queryKey: sessionQuery(session.id).queryKey })
  }, [news, present, session.id, queries])

  useEffect(() => {
    for (const item of pending) {
      if (item.state !== 'refused') continue
      const error = item.error
      if (item.name === 'retry' || item.name === 'cancel') {
        outbox.remove(item.id)
        failed(new Error(error?.detail))
      } else if (error?.error_code === 'answer_running' && view.generation === null) sendAgain(item)
    }
  }, [pending, view.generation])

  const actions = useMemo(
    () => ({
      mayAct: session.status === 'running' && (characterId !== null || isGm),
      retry: (generation_id: string, with_oracle: boolean) => void command('retry', { generation_id, with_oracle }),
      cancel: (generation_id: string) => void command('cancel', { generation_id }),
      editAgain: (text: string) => {
        draft.change(text)
        input.current?.focus()
      },
      inspect: mayInspect
        ? (callId: string) => {
            setInspected(true)
            setCall(callId)
          }
        : null,
    }),
    [session.status, characterId, isGm, mayInspect, command, draft.change],
  )
  const roll = useCallback(
    (notation: string, purpose?: string) => void command('roll', { notation, ...(purpose ? { purpose } : {}) }),
    [command],
  )

  const mine = view.game?.characters.find((character) => character.character_id === characterId) ?? null
  const side: SideProps = {
    game: view.game,
    mine,
    participants: session.participants,
    present: view.present,
    mayAct,
    use: (character_id, item) => void command('use', { character_id, item }),
    move: (location_id) => void command('move', { location_id }),
    check: (ability, modifier) => roll(modifier === 0 ? '1d20' : `1d20${signed(modifier).replace('−', '-')}`, ability),
  }
  const writers = view.typing.filter((person) => person.user_id !== me.id)

  return (
    <div className={classes.play} data-full-screen>
      <div className={classes.story}>
        <SessionHead session={session} isGm={isGm} seated={characterId !== null} />
        {!wide && <SideBar {...side} />}
        {view.loaded || rows.length > 0 ? (
          <Timeline
            rows={rows}
            actions={actions}
            hasOlder={view.hasOlder}
            loadingOlder={view.loadingOlder}
            loadOlder={loadOlder}
          />
        ) : (
          <div className={classes.wait}>
            <Loading />
          </div>
        )}
        <Announcer entries={view.entries} loaded={view.loaded} userId={me.id} />
        {mayAct ? (
          <Composer
            text={draft.value}
            setText={draft.change}
            inputRef={input}
            characterName={mine?.name ?? null}
            say={(text) => command('say', { text, ...(characterId ? { character_id: characterId } : {}) })}
            roll={roll}
            typing={typing}
            writers={writers}
          />
        ) : (
          <Foot session={session} pick={pick} />
        )}
      </div>
      {wide && <SideColumn {...side} />}
      {inspected && (
        <Suspense>
          <CallDrawer id={call} close={() => setCall(null)} />
        </Suspense>
      )}
    </div>
  )
}
