//! HTTP: errors as problem+json, strict extractors, pages, versions, and the accept loop with its timeouts.

mod extract;
mod layers;
mod page;
mod patience;
mod problem;
mod serve;
mod versions;

pub use extract::{Body, Path, Query, method_not_allowed, not_found, read_body, read_json};
pub use layers::{RequestId, finish};
pub use page::{Page, PageQuery};
pub use problem::{Problem, ProblemBody};
pub use serve::{Listening, bind, serve};
pub use versions::{IfMatch, Versioned, created};
