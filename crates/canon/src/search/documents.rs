//! The texts that are searched, written with the change that they come from.
//!
//! An entity's summary and text make one document for everybody. Where parts of the text are secret, or a link may lead to
//! something that is, there are several: one with everything for game masters, one without secrets and names in links, and
//! for each circle that is let in on a passage one with that. So a reader's search looks only at what they may read from
//! beginning to end. Facts have documents of the same kind; who knows them is decided by the filter of facts.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use sea_orm::ConnectionTrait;
use skald_kernel::{CampaignId, EntityId, FactId, Result, UserId};
use skald_platform::{
    Actor, App, Tx,
    jobs::{Handler, Job, NewJob},
};
use uuid::Uuid;

use super::{queries, words::stored};
use crate::{
    entities::name_key,
    links::{Shown, shown},
    passages,
};

/// The shape of the documents: a server with a newer one writes them all again.
const SHAPE: &str = "1";
/// Subjects whose documents are written in one transaction.
const AT_ONCE: u64 = 200;

/// Who may find a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Whoever may see the subject.
    All,
    /// The same, but game masters, who have the whole text.
    Open,
    /// Game masters.
    Gm,
    /// These characters, and the members of these factions.
    Some(Vec<Uuid>),
}

impl Audience {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Open => "open",
            Self::Gm => "gm",
            Self::Some(_) => "some",
        }
    }
}

/// A document before it is stored.
pub(super) struct Document {
    pub subject_type: &'static str,
    pub subject: Uuid,
    pub entity: Uuid,
    pub audience: Audience,
    pub author: Option<Uuid>,
    pub title: String,
    pub words: String,
}

/// An entity's texts, as they are stored.
pub(super) struct EntityText {
    pub id: Uuid,
    pub name: String,
    pub aliases: Vec<String>,
    pub summary: String,
    pub body: String,
    /// Whom the names in the fences of its passages stand for.
    pub audiences: HashMap<String, Uuid>,
}

/// A fact's text.
pub(super) struct FactText {
    pub id: Uuid,
    pub subject: Uuid,
    pub predicate: String,
    pub text: String,
}

/// The documents of an entity, in the transaction that changed it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn entity_changed(tx: &Tx, campaign: CampaignId, id: EntityId) -> Result<()> {
    let texts = queries::entity_texts(tx.conn(), campaign, &[id.0]).await?;
    write(tx.conn(), campaign, &[id.0], entities(&texts, tx.actor().user)).await
}

/// The document of a fact, in the transaction that changed it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn fact_changed(tx: &Tx, campaign: CampaignId, id: FactId) -> Result<()> {
    let texts = queries::fact_texts(tx.conn(), campaign, &[id.0]).await?;
    write(tx.conn(), campaign, &[id.0], facts(&texts, tx.actor().user)).await
}

async fn write(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    subjects: &[Uuid],
    documents: Vec<Document>,
) -> Result<()> {
    queries::remove_documents(db, subjects).await?;
    queries::add_documents(db, campaign, &documents).await
}

fn entities(texts: &[EntityText], author: Option<UserId>) -> Vec<Document> {
    let mut documents = Vec::new();
    for text in texts {
        let names: Vec<&str> =
            [text.name.as_str()].into_iter().chain(text.aliases.iter().map(String::as_str)).collect();
        let title = stored(&names.join(" "));
        for (audience, words) in versions(text) {
            documents.push(Document {
                subject_type: "entity",
                subject: text.id,
                entity: text.id,
                audience,
                author: author.map(|id| id.0),
                title: title.clone(),
                words,
            });
        }
    }
    documents
}

fn facts(texts: &[FactText], author: Option<UserId>) -> Vec<Document> {
    let mut documents = Vec::new();
    for text in texts {
        let statement = format!("{} {}", text.predicate.replace('_', " "), text.text);
        let open = for_all(&statement);
        let all = stored(&statement);
        let versions =
            if open == all { vec![(Audience::All, all)] } else { vec![(Audience::Gm, all), (Audience::Open, open)] };
        documents.extend(versions.into_iter().map(|(audience, words)| Document {
            subject_type: "fact",
            subject: text.id,
            entity: text.subject,
            audience,
            author: author.map(|id| id.0),
            title: String::new(),
            words,
        }));
    }
    documents
}

/// The words of the versions of a text that there are readers for.
fn versions(text: &EntityText) -> Vec<(Audience, String)> {
    let all = stored(&format!("{}\n{}", text.summary, text.body));
    let open = format!("{} {}", for_all(&text.summary), for_all(&text.body));
    let open = open.trim();
    if open == all {
        return vec![(Audience::All, all)];
    }
    let mut versions = vec![(Audience::Gm, all), (Audience::Open, open.to_owned())];
    let mut circles: Vec<Vec<&str>> = Vec::new();
    for passage in passages::passages(&text.body) {
        if let passages::Audience::Named(names) = passage.audience
            && !circles.contains(&names)
        {
            circles.push(names);
        }
    }
    for circle in circles {
        let ids = circle.iter().filter_map(|name| text.audiences.get(&name_key(name)).copied()).collect();
        let body = passages::render(&text.body, |names| names == circle.as_slice());
        let words = format!("{} {}", for_all(&text.summary), stored(&without_names(&passages::unfenced(&body))));
        versions.push((Audience::Some(ids), words.trim().to_owned()));
    }
    versions
}

/// The words of a text that are no secret.
fn for_all(text: &str) -> String {
    stored(&without_names(&passages::open(text)))
}

/// A text as it is read by whoever knows nothing of what its links lead to.
fn without_names(text: &str) -> String {
    shown(text, |_| Shown::Hidden).into_owned()
}

/// Writes all documents again where this version makes others than the last one did.
pub struct Reindex;

#[async_trait]
impl Handler for Reindex {
    fn kind(&self) -> &'static str {
        "search.reindex"
    }

    async fn run(&self, app: &App, _: &Job) -> Result<()> {
        reindex(app, &mut |_, _| {}).await
    }
}

/// Enqueues [`Reindex`] if the documents have another shape than this version makes.
///
/// # Errors
/// When the database fails.
pub async fn start(app: &App) -> Result<()> {
    if queries::shape(app.db().read()).await?.as_deref() == Some(SHAPE) {
        return Ok(());
    }
    let mut tx = app.tx(&Actor::engine("search.reindex")).await?;
    if queries::is_anything_to_index(tx.conn()).await? {
        tx.job(NewJob::new("search.reindex", &()).once("search.reindex"));
    } else {
        queries::set_shape(tx.conn(), SHAPE).await?;
    }
    tx.commit().await
}

/// Writes the documents of all campaigns again, some at a time, so that others can write meanwhile. `progress` is told how
/// many are done of how many.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn reindex(app: &App, progress: &mut (dyn FnMut(u64, u64) + Send)) -> Result<()> {
    let all = queries::subjects(app.db().read()).await?;
    let mut done = 0;
    write_again(app, None, &mut |more| {
        done += more;
        progress(done, all);
    })
    .await?;
    let tx = app.tx(&Actor::engine("search.reindex")).await?;
    queries::set_shape(tx.conn(), SHAPE).await?;
    tx.commit().await
}

/// Writes the documents of one campaign, where it came in from elsewhere.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn index(app: &App, campaign: CampaignId) -> Result<()> {
    write_again(app, Some(campaign), &mut |_| {}).await
}

async fn write_again(app: &App, of: Option<CampaignId>, progress: &mut (dyn FnMut(u64) + Send)) -> Result<()> {
    for kind in ["entities", "facts"] {
        let mut after = Uuid::nil();
        loop {
            let tx = app.tx(&Actor::engine("search.reindex")).await?;
            let ids = queries::next_subjects(tx.conn(), kind, of, after, AT_ONCE).await?;
            let Some(last) = ids.last().map(|(_, id)| *id) else { break };
            after = last;
            let campaigns: HashSet<CampaignId> = ids.iter().map(|(campaign, _)| *campaign).collect();
            for campaign in campaigns {
                let these: Vec<Uuid> = ids.iter().filter(|(of, _)| *of == campaign).map(|(_, id)| *id).collect();
                let authors = queries::authors(tx.conn(), &these).await?;
                let mut documents = if kind == "entities" {
                    entities(&queries::entity_texts(tx.conn(), campaign, &these).await?, None)
                } else {
                    facts(&queries::fact_texts(tx.conn(), campaign, &these).await?, None)
                };
                documents.iter_mut().for_each(|document| document.author = authors.get(&document.subject).copied());
                write(tx.conn(), campaign, &these, documents).await?;
            }
            tx.commit().await?;
            progress(ids.len() as u64);
        }
    }
    Ok(())
}
