//! Ways in and out: a campaign as a file.

mod archive;
mod markdown;
