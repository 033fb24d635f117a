//! What goes in and out.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::{CampaignId, JobId};
use utoipa::{IntoParams, ToSchema};

/// `skald.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: String,
    pub(super) version: u32,
    /// The version of Skald that wrote it.
    pub(super) skald: String,
    pub(super) made_at: DateTime<Utc>,
    pub(super) campaign: Named,
    /// Rows of each table.
    pub(super) rows: BTreeMap<String, u64>,
    /// Pictures that were in the database, but not in the folder of pictures.
    pub(super) missing_media: Vec<String>,
}

/// A campaign of an archive.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ArchivedCampaign)]
pub struct Named {
    /// Its id where the archive was made.
    pub id: CampaignId,
    /// Its name.
    pub name: String,
}

/// What a campaign is taken as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportFormat)]
pub enum Format {
    /// Everything, as rows.
    #[default]
    Archive,
    /// The canon, as pages.
    Markdown,
}

/// How a campaign is taken.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// `archive` when absent.
    #[serde(default)]
    #[param(inline)]
    pub format: Format,
}

/// How a file is imported.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// Only read the file and say what an import would make.
    #[serde(default)]
    pub dry_run: bool,
}

/// Work that was begun.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Begun {
    /// Its job: `GET /jobs/{job_id}` says how far it is; its `result` is an `ImportReport`.
    pub job_id: JobId,
}

/// What came of an import: the `result` of its job.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// Whether nothing was to be made.
    pub dry_run: bool,
    /// The campaign the archive holds.
    pub archived: Option<Named>,
    /// When the archive was made.
    pub made_at: Option<DateTime<Utc>>,
    /// The campaign that was made.
    pub campaign_id: Option<CampaignId>,
    /// Whether its ids are those of the archive.
    pub same_ids: bool,
    /// Rows that came in (or would), by table.
    pub rows: BTreeMap<String, u64>,
    /// Pictures that came in (or would).
    pub pictures: u64,
    /// What did not come in as it was, and why.
    pub warnings: Vec<String>,
    /// Why nothing was imported.
    pub problem: Option<String>,
}
