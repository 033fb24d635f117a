//! Files that are read in the background: put aside when they arrive, fetched by the job, deleted at its end.

use std::{path::Path, sync::Arc};

use axum::extract::Request;
use futures::TryStreamExt;
use skald_kernel::{Error, JobId, Result};
use skald_platform::App;
use tokio::io::AsyncWriteExt;

/// Where a file lies until its job is over.
fn blob_name(file: JobId) -> String {
    format!("imports/{file}")
}

/// Puts the body of a request aside. Answers its name and how many bytes it has.
pub(crate) async fn take(app: &App, request: Request) -> Result<(JobId, usize)> {
    let file: JobId = app.ids().next();
    let most = app.config().max_import_bytes;
    let bytes = app.blobs().put_stream(&blob_name(file), request.into_body().into_data_stream(), most).await?;
    if bytes == 0 {
        forget(app, file).await?;
        return Err(Error::field("", "missing", "Send the file as the body."));
    }
    Ok((file, bytes))
}

/// The file on this node; it goes when it is dropped.
pub(crate) async fn fetch(app: &App, file: JobId) -> Result<tempfile::NamedTempFile> {
    let folder = &app.config().data_dir;
    let temporary = tempfile::Builder::new().prefix("import-").tempfile_in(folder).map_err(Error::internal)?;
    let mut to = tokio::fs::File::from_std(temporary.reopen().map_err(Error::internal)?);
    let mut bytes = app.blobs().stream(&blob_name(file)).await?;
    while let Some(piece) = bytes.try_next().await.map_err(Error::internal)? {
        to.write_all(&piece).await.map_err(Error::internal)?;
    }
    to.flush().await.map_err(Error::internal)?;
    Ok(temporary)
}

/// Deletes it for good.
pub(crate) async fn forget(app: &App, file: JobId) -> Result<()> {
    app.blobs().delete(&blob_name(file)).await
}

/// Something that reads a file, away from the threads that serve.
pub(crate) async fn on_a_thread<T: Send + 'static>(
    path: &Arc<Path>,
    read: impl FnOnce(&Path) -> Result<T> + Send + 'static,
) -> Result<T> {
    let path = Arc::clone(path);
    tokio::task::spawn_blocking(move || read(&path)).await.map_err(Error::internal)?
}
