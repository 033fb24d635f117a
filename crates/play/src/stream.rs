//! The live stream of a session: its entries, the words of a running answer, and the commands of those who play.

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use skald_access::{Member, Player};
use skald_kernel::{Error, ErrorCode, GenerationId, Lane, Result, SessionId, StreamKey, StreamKind, UserId};
use skald_platform::{
    Actor, App,
    live::{Item, Snapshot, Source},
};
use skald_table::{sessions, timeline};

use crate::{
    game::{self, SessionRollIn, TravelIn, UseIn},
    master::{self, Answers, CancelIn, ChatIn, RetryIn},
};

/// Entries in a snapshot.
const SNAPSHOT: u64 = 50;

/// Serves `session:<id>` to the members of its campaign.
pub struct SessionStream;

async fn member(app: &App, actor: &Actor, stream: StreamKey) -> Result<Member> {
    if stream.lane != Lane::Shared {
        return Err(Error::not_found());
    }
    Member::by(app, actor, "sessions", stream.id).await
}

fn args<T: DeserializeOwned>(args: Value) -> Result<T> {
    skald_platform::http::read_json(args.to_string().as_bytes())
}

#[async_trait]
impl Source for SessionStream {
    fn kind(&self) -> StreamKind {
        StreamKind::Session
    }

    async fn authorize(&self, app: &App, actor: &Actor, stream: StreamKey) -> Result<()> {
        member(app, actor, stream).await.map(|_| ())
    }

    async fn snapshot(&self, app: &App, actor: &Actor, stream: StreamKey) -> Result<Snapshot> {
        let member = member(app, actor, stream).await?;
        let id = SessionId(stream.id);
        let db = app.db().read();
        // The entries first: what is appended meanwhile comes after the snapshot's number.
        let entries = timeline::queries::before(db, id, None, SNAPSHOT).await?;
        let seq = entries.last().map_or(0, |entry| entry.seq);
        let session = sessions::queries::find(app, db, &member.viewer(), id).await?;
        let game = game::actions::state_of(db, &session).await?;
        Ok(Snapshot { seq, state: json!({ "session": session, "entries": entries, "game": game }) })
    }

    async fn read_after(&self, app: &App, stream: StreamKey, seq: u64, limit: u64) -> Result<Vec<Item>> {
        let entries = timeline::queries::after(app.db().read(), SessionId(stream.id), seq, limit).await?;
        entries
            .into_iter()
            .map(|entry| Ok(Item { seq: entry.seq, entry: serde_json::to_value(entry).map_err(Error::internal)? }))
            .collect()
    }

    async fn ephemeral(&self, app: &App, stream: StreamKey) -> Vec<(&'static str, Value)> {
        let running = app.part::<Answers>().catch_up(SessionId(stream.id));
        running.map(|data| vec![("generation", data)]).unwrap_or_default()
    }

    async fn command(
        &self,
        app: &App,
        actor: &Actor,
        stream: StreamKey,
        name: &str,
        given: Value,
    ) -> Result<Option<u64>> {
        let by: Player = member(app, actor, stream).await?.player()?;
        let id = SessionId(stream.id);
        let mut tx = app.tx(actor).await?;
        let session = sessions::queries::find(app, tx.conn(), &by.viewer(), id).await?;
        let seq = match name {
            "say" => {
                let input: ChatIn = args(given)?;
                let said = master::actions::say(&mut tx, &by, &session, &input.text, input.character_id).await?;
                Some(said.0.seq)
            }
            "roll" => {
                let input: SessionRollIn = args(given)?;
                let purpose = input.purpose.as_deref();
                let entry =
                    game::actions::roll(&mut tx, &by, &session, &input.notation, purpose, input.character_id).await?;
                Some(entry.seq)
            }
            "use" => {
                let input: UseIn = args(given)?;
                let entry = game::actions::use_item(&mut tx, &by, &session, input.character_id, &input.item).await?;
                Some(entry.seq)
            }
            "move" => {
                let input: TravelIn = args(given)?;
                Some(game::actions::move_party(&mut tx, &by, &session, input.location_id).await?.seq)
            }
            "retry" => {
                let input: RetryIn = args(given)?;
                let retried: (GenerationId, _) =
                    master::actions::retry(&mut tx, &by, &session, input.generation_id, input.with_oracle).await?;
                Some(retried.1.seq)
            }
            "cancel" => {
                let input: CancelIn = args(given)?;
                master::actions::cancel(&mut tx, &session, input.generation_id).await?;
                None
            }
            _ => {
                return Err(Error::new(
                    ErrorCode::BadRequest,
                    "A session's stream takes the commands say, roll, use, move, retry and cancel.",
                ));
            }
        };
        tx.commit().await?;
        Ok(seq)
    }

    async fn display_name(&self, app: &App, user: UserId) -> Result<String> {
        sessions::queries::display_name(app.db().read(), user).await
    }
}
