//! The SQL of the audit log.

use sea_orm::ConnectionTrait;
use skald_kernel::{CampaignId, Result, error::Fields};
use skald_platform::http::{Page, PageQuery};
use uuid::Uuid;

use super::{AuditOut, AuditQuery};
use crate::{
    bind::{Binds, column},
    entities::storable,
    history,
};

/// Letters of a verb.
const ACTION: usize = 100;

pub(super) async fn list(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    query: &AuditQuery,
) -> Result<Page<AuditOut>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor.clone() };
    let limit = page.limit()?;
    let after = page.after::<Uuid>()?;
    let mut binds = Binds::default();
    let campaign = binds.add(campaign.0);
    let mut text = format!(
        "SELECT a.id, a.created_at, a.user_id, a.action, a.subject_id, e.name AS subject_name, a.detail, a.request_id \
         FROM audit a LEFT JOIN entities e ON e.id = a.subject_id AND e.campaign_id = {campaign} \
         WHERE a.campaign_id = {campaign}"
    );
    if let Some(action) = query.action.as_deref().map(str::trim).filter(|action| !action.is_empty()) {
        let mut wrong = Fields::default();
        wrong.at_most("action", action, ACTION);
        storable(&mut wrong, "action", action);
        wrong.check()?;
        let letters = i32::try_from(action.chars().count()).unwrap_or(i32::MAX);
        text.push_str(&format!(" AND substr(a.action, 1, {}) = {}", binds.add(letters), binds.add(action)));
    }
    if let Some(user) = query.user_id {
        text.push_str(&format!(" AND a.user_id = {}", binds.add(user.0)));
    }
    if let Some(subject) = query.subject_id {
        text.push_str(&format!(" AND a.subject_id = {}", binds.add(subject)));
    }
    if let Some(from) = query.from {
        text.push_str(&format!(" AND a.created_at >= {}", binds.add(from)));
    }
    if let Some(to) = query.to {
        text.push_str(&format!(" AND a.created_at < {}", binds.add(to)));
    }
    if let Some(id) = after {
        text.push_str(&format!(" AND a.id < {}", binds.add(id)));
    }
    text.push_str(&format!(" ORDER BY a.id DESC LIMIT {}", binds.add(limit as i64 + 1)));
    let rows = binds.rows(db, text).await?;
    let users: Result<Vec<Option<Uuid>>> = rows.iter().map(|row| column(row, "user_id")).collect();
    let users = users?;
    let people = history::people(db, &users.iter().flatten().copied().collect::<Vec<_>>()).await?;
    let mut lines = Vec::new();
    for (row, user) in rows.iter().zip(users) {
        lines.push(AuditOut {
            id: column(row, "id")?,
            at: column(row, "created_at")?,
            user: user.and_then(|id| people.get(&id).cloned()),
            action: column(row, "action")?,
            subject_id: column(row, "subject_id")?,
            subject_name: column(row, "subject_name")?,
            detail: column(row, "detail")?,
            request_id: column(row, "request_id")?,
        });
    }
    Ok(Page::from_rows(lines, limit, |line| line.id))
}
