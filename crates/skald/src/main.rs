//! `skald`: see `skald help`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    skald::cli::run().await
}
