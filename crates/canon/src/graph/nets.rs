//! The nets that were asked for lately, kept until their campaign changes.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use skald_kernel::{CampaignId, EntityId, Result, Viewer};
use skald_platform::App;

use super::{net::Net, queries};
use crate::relationships::{self, EdgeFilter, Ends};

/// Ties that a net holds at most.
const TIES: usize = 200_000;
/// Nets that are kept; one of 100 000 ties takes about 20 MB.
const KEPT: usize = 8;

/// What a net is a picture of: whose eyes, which moment, and which state of the campaign. Every change of the canon takes a
/// number in one of the campaign's lanes, so the numbers say whether a net is still right.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    campaign: CampaignId,
    all: bool,
    known_as: Vec<EntityId>,
    as_of: Option<i64>,
    news: Vec<(String, i64)>,
}

/// The nets of this process, the one asked for last at the end.
#[derive(Debug, Default)]
pub struct Nets(Mutex<VecDeque<(Key, Arc<Net>)>>);

impl Nets {
    /// The net of a viewer at a minute of story time, or as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(&self, app: &App, viewer: &Viewer, as_of: Option<i64>) -> Result<Arc<Net>> {
        let db = app.db().read();
        let key = Key {
            campaign: viewer.campaign(),
            all: viewer.sees_all(),
            known_as: viewer.known_as().to_vec(),
            as_of,
            // Read before the edges: what changes in between makes another key.
            news: queries::news(db, viewer.campaign()).await?,
        };
        if let Some(net) = self.find(&key) {
            return Ok(net);
        }
        let filter = EdgeFilter { ends: Ends::Any, kind: None, as_of, limit: TIES + 1 };
        let mut edges = relationships::edges(db, viewer, &filter).await?;
        let truncated = edges.len() > TIES;
        edges.truncate(TIES);
        let net = Arc::new(Net::new(edges, truncated));
        self.keep(key, &net);
        Ok(net)
    }

    fn find(&self, key: &Key) -> Option<Arc<Net>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| known == key)?;
        let found = kept.remove(at)?;
        let net = Arc::clone(&found.1);
        kept.push_back(found);
        Some(net)
    }

    fn keep(&self, key: Key, net: &Arc<Net>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What the same campaign looked like before is asked for by nobody any more.
        kept.retain(|(known, _)| known.campaign != key.campaign || known.news == key.news);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((key, Arc::clone(net)));
    }
}
