//! A change of a game: the state is locked, things happen, entries are appended, the state is saved.

use skald_kernel::{EntryId, GenerationId, Result, SessionId};
use skald_platform::Tx;
use skald_table::timeline::{
    EntryOut, NewEntry,
    actions::{At, append},
    queries as timeline,
};

use super::{entry_of, queries};
use crate::rules::{Effect, GameState, Happening};

/// An open change of one game.
pub(crate) struct Turn<'t> {
    tx: &'t mut Tx,
    session: SessionId,
    state: GameState,
}

impl<'t> Turn<'t> {
    /// Locks the game.
    pub(crate) async fn open(tx: &'t mut Tx, session: SessionId) -> Result<Self> {
        let state = queries::lock(tx, session).await?;
        Ok(Self { tx, session, state })
    }

    /// The state as it is now.
    pub(crate) fn state(&self) -> &GameState {
        &self.state
    }

    /// The transaction it is part of.
    pub(crate) fn tx(&mut self) -> &mut Tx {
        self.tx
    }

    /// Appends what happened and applies its effects.
    pub(crate) async fn happen(
        &mut self,
        happened: &[Happening],
        generation: Option<GenerationId>,
    ) -> Result<Vec<EntryOut>> {
        let mut entries = Vec::with_capacity(happened.len());
        for happening in happened {
            entries.push(entry_of(happening, &self.state, generation));
            if let Happening::Effect(effect) = happening {
                self.state.apply(effect);
            }
        }
        append(self.tx, self.session, At::Head, entries).await
    }

    /// Appends entries that change nothing.
    pub(crate) async fn say(&mut self, entries: Vec<NewEntry>) -> Result<Vec<EntryOut>> {
        append(self.tx, self.session, At::Head, entries).await
    }

    /// Continues behind an earlier entry: what came after it leaves the active branch, and the state follows.
    pub(crate) async fn branch(&mut self, behind: EntryId, entry: NewEntry) -> Result<EntryOut> {
        let mut appended = append(self.tx, self.session, At::Behind(behind), vec![entry]).await?;
        let effects = timeline::effects(self.tx.conn(), self.session, behind).await?;
        self.state = GameState::fold(effects.iter().filter_map(|entry| Effect::read(&entry.data["effect"])));
        appended.pop().ok_or_else(|| skald_kernel::Error::internal("nothing was appended"))
    }

    /// Saves the state.
    pub(crate) async fn close(self) -> Result<GameState> {
        queries::save(self.tx, self.session, &self.state).await?;
        Ok(self.state)
    }
}
