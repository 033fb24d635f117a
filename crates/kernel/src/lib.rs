//! The words of Skald without any I/O: ids, roles, the viewer, the clock, errors, events, streams, and the seam to models.
//!
//! Everything here is pure. What leaves the process (a model service) is a trait with its fake beside it; what does not, is
//! a plain type. No crate may add a dependency on a database, a network or a file system here.

pub mod clock;
pub mod dice;
pub mod error;
pub mod event;
pub mod ids;
pub mod model;
pub mod patch;
pub mod roles;
pub mod scene;
pub mod stream;
pub mod text;
pub mod viewer;

pub use clock::{Clock, Ids, Seeds};
pub use error::{Error, ErrorCode, FieldError, Result};
pub use event::Event;
pub use ids::*;
pub use roles::{Role, SiteRole};
pub use stream::{Lane, StreamKey, StreamKind};
pub use viewer::Viewer;
