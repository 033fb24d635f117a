//! Who may do what: accounts with their devices, campaigns with their members and invitations, and the extractors that
//! prove authority to every other slice.

pub mod authority;
pub mod schema;
pub mod token;

pub use authority::{Admin, Gm, Member, Observer, Player, User};
