//! Deciding many at once: each on its own, so that one that fails does not stop the others.

use skald_access::Gm;
use skald_kernel::{Error, ProposalId, Result};
use skald_platform::App;

use super::{
    actions,
    dto::{ProposalAccept, ProposalFailure, ProposalMany, ProposalReject, ProposalReport},
    queries, rules,
};

/// Proposals decided by one request at most.
const AT_ONCE: u64 = 200;

/// Accepts all open proposals that fit, the oldest first, each in a transaction of its own. What cannot be accepted stays
/// open and is reported.
///
/// # Errors
/// A note that is too long; when the database fails.
pub async fn accept_all(app: &App, by: &Gm, input: &ProposalMany) -> Result<ProposalReport> {
    rules::check_note(&input.note)?;
    let (open, total) = queries::open(app.db().read(), by.campaign, &input.filter, AT_ONCE).await?;
    let mut report = ProposalReport { left: total.saturating_sub(open.len() as u64), ..ProposalReport::default() };
    for (id, label) in open {
        match accept_one(app, by, id, &input.note).await {
            Ok(()) => report.done.push(id),
            Err(error) if error.code().status() < 500 => report.failed.push(failure(id, label, &error)),
            Err(error) => return Err(error),
        }
    }
    Ok(report)
}

async fn accept_one(app: &App, by: &Gm, id: ProposalId, note: &str) -> Result<()> {
    let mut actor = by.actor.clone();
    // The key of the request is that of all of them; what was accepted answers a second time that it is decided.
    actor.idempotency_key = None;
    let mut tx = app.tx(&actor).await?;
    let asked = ProposalAccept { note: note.to_owned(), ..ProposalAccept::default() };
    actions::accept(&mut tx, by, id, asked).await?;
    tx.commit().await
}

fn failure(id: ProposalId, label: String, error: &Error) -> ProposalFailure {
    ProposalFailure {
        id,
        label,
        error_code: error.code().as_str().to_owned(),
        detail: error.detail().to_owned(),
        fields: error.fields().iter().map(|field| field.field.clone()).collect(),
    }
}

/// Rejects all open proposals that fit, the oldest first.
///
/// # Errors
/// A note that is too long; when the database fails.
pub async fn reject_all(app: &App, by: &Gm, input: &ProposalMany) -> Result<ProposalReport> {
    rules::check_note(&input.note)?;
    let (open, total) = queries::open(app.db().read(), by.campaign, &input.filter, AT_ONCE).await?;
    let mut report = ProposalReport { left: total.saturating_sub(open.len() as u64), ..ProposalReport::default() };
    let mut tx = app.tx(&by.actor).await?;
    for (id, label) in open {
        match actions::reject(&mut tx, by, id, ProposalReject { note: input.note.clone() }).await {
            Ok(()) => report.done.push(id),
            Err(error) if error.code().status() < 500 => report.failed.push(failure(id, label, &error)),
            Err(error) => return Err(error),
        }
    }
    tx.commit().await?;
    Ok(report)
}
