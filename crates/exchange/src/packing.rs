//! A zip file that is packed while it is sent.
//!
//! Who gathers what goes in hands it to a thread that packs it; what that has packed goes to the client as it comes. A client
//! that hangs up ends all three. An error on the way ends the stream with it, and the file without its directory: nobody takes
//! half of it for the whole.

use std::io::Write;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use skald_kernel::{Error, Result};
use skald_platform::App;
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// What is to be packed.
enum Part {
    File { name: String, packed: bool },
    Bytes(Vec<u8>),
    End,
}

/// Where files are put in.
pub(crate) struct Pack(mpsc::Sender<Part>);

impl Pack {
    /// Begins a file. `packed`: whether packing makes it smaller, as it does with text.
    pub(crate) async fn file(&self, name: String, packed: bool) -> Result<()> {
        self.put(Part::File { name, packed }).await
    }

    /// More of the file that was begun last.
    pub(crate) async fn bytes(&self, bytes: Vec<u8>) -> Result<()> {
        self.put(Part::Bytes(bytes)).await
    }

    async fn put(&self, part: Part) -> Result<()> {
        self.0.send(part).await.map_err(|_| Error::internal("nobody takes the file any more"))
    }
}

/// The bytes of a zip file of what `gather` puts in.
pub(crate) fn stream<F>(
    app: &App,
    gather: impl FnOnce(Pack) -> F + Send + 'static,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let (out, packed) = tokio::io::duplex(256 << 10);
    let (parts, mut taken) = mpsc::channel::<Part>(8);
    let packing = tokio::task::spawn_blocking(move || pack(tokio_util::io::SyncIoBridge::new(out), &mut taken));
    let (ended, ending) = tokio::sync::oneshot::channel();
    app.tasks().spawn("export", async move {
        let done = gather(Pack(parts.clone())).await;
        match &done {
            Ok(()) => drop(parts.send(Part::End).await),
            Err(error) => tracing::warn!(error = error as &dyn std::error::Error, "an export ended early"),
        }
        drop(parts);
        let done = match packing.await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(std::io::Error::other("the file could not be finished")),
            Ok(Err(error)) => Err(error),
            Err(error) => Err(std::io::Error::other(error)),
        };
        let _ = ended.send(done);
    });
    ReaderStream::new(packed).chain(futures::stream::once(ending).filter_map(|ended| async {
        match ended {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(Err(error)),
            Err(error) => Some(Err(std::io::Error::other(error))),
        }
    }))
}

/// Packs parts until the end. Answers whether the end was said.
fn pack(out: impl Write, parts: &mut mpsc::Receiver<Part>) -> std::io::Result<bool> {
    let mut zip = ZipWriter::new_stream(out);
    while let Some(part) = parts.blocking_recv() {
        match part {
            Part::File { name, packed } => {
                let method = if packed { CompressionMethod::Deflated } else { CompressionMethod::Stored };
                zip.start_file(name, SimpleFileOptions::default().compression_method(method).large_file(true))?;
            }
            Part::Bytes(bytes) => zip.write_all(&bytes)?,
            Part::End => {
                zip.finish()?.into_inner().flush()?;
                return Ok(true);
            }
        }
    }
    Ok(false)
}
