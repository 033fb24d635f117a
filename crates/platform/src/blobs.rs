//! Bytes that are too many for a row: pictures, later recordings. They lie in the data folder, below `blobs`.
//!
//! A blob is written once, whole, and never changed: it goes into a file beside its place, reaches the disk, and is then
//! renamed, so that no reader meets a half. Write the blob *before* the row that names it is committed; when the commit
//! fails, a blob without a row is left, which the housekeeping of its slice finds by [`Blobs::list`] and deletes.
//! Whoever asks for a blob has been checked before: nothing here knows about viewers.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    Error as StoreError, ObjectStore, ObjectStoreExt, WriteMultipart, local::LocalFileSystem, path::Path as Key,
};
use skald_kernel::{Error, ErrorCode, Result};

/// Where the blobs are.
#[derive(Clone, Debug)]
pub struct Blobs(Arc<dyn ObjectStore>);

/// A blob in a list.
#[derive(Clone, Debug)]
pub struct Blob {
    /// Its name, such as `media/<campaign>/<id>`.
    pub name: String,
    /// When it was written.
    pub written_at: DateTime<Utc>,
}

impl Blobs {
    /// The blobs in a data folder; makes the place for them.
    ///
    /// # Errors
    /// When the folder cannot be made or used.
    pub fn open(data_dir: &Path) -> anyhow::Result<Self> {
        let folder = data_dir.join("blobs");
        std::fs::create_dir_all(&folder)?;
        Ok(Self(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))))
    }

    /// Writes a blob. When it returns, the bytes are on the disk.
    ///
    /// # Errors
    /// Unavailable, when the disk is full or away.
    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<()> {
        self.0.put(&Key::from(name), bytes.into()).await.map(drop).map_err(full)
    }

    /// Writes a blob as its bytes arrive, at most so many. Answers how many there were.
    ///
    /// # Errors
    /// Too large; bad request, when the sender hung up; unavailable, when the disk is full or away. Nothing is left then.
    pub async fn put_stream<E>(
        &self,
        name: &str,
        mut parts: impl futures::Stream<Item = std::result::Result<Bytes, E>> + Unpin,
        most: usize,
    ) -> Result<usize> {
        let upload = self.0.put_multipart(&Key::from(name)).await.map_err(full)?;
        let mut writing = WriteMultipart::new(upload);
        let mut taken = 0;
        let error = loop {
            match parts.next().await {
                Some(Ok(part)) => {
                    taken += part.len();
                    if taken > most {
                        break Error::new(ErrorCode::TooLarge, format!("At most {} MiB are taken here.", most >> 20));
                    }
                    if let Err(error) = writing.wait_for_capacity(4).await {
                        break full(error);
                    }
                    writing.put(part);
                }
                Some(Err(_)) => break Error::new(ErrorCode::BadRequest, "The body could not be read to its end."),
                None => {
                    writing.finish().await.map_err(full)?;
                    return Ok(taken);
                }
            }
        };
        writing.abort().await.map_err(full)?;
        Err(error)
    }

    /// The bytes of a blob, part by part.
    ///
    /// # Errors
    /// Not found; internal, when the disk fails.
    pub async fn stream(&self, name: &str) -> Result<BoxStream<'static, std::io::Result<Bytes>>> {
        let found = self.0.get(&Key::from(name)).await.map_err(missing)?;
        Ok(found.into_stream().map_err(std::io::Error::other).boxed())
    }

    /// All the bytes of a blob, for one whose size is known to be small.
    ///
    /// # Errors
    /// As [`Blobs::stream`].
    pub async fn read(&self, name: &str) -> Result<Bytes> {
        self.0.get(&Key::from(name)).await.map_err(missing)?.bytes().await.map_err(missing)
    }

    /// Deletes a blob; one that is not there is no error.
    ///
    /// # Errors
    /// Internal, when the disk fails.
    pub async fn delete(&self, name: &str) -> Result<()> {
        match self.0.delete(&Key::from(name)).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(Error::internal(error)),
        }
    }

    /// All blobs below a name, in no order.
    pub fn list(&self, below: &str) -> BoxStream<'static, Result<Blob>> {
        self.0
            .list(Some(&Key::from(below)))
            .map_ok(|meta| Blob { name: meta.location.to_string(), written_at: meta.last_modified })
            .map_err(Error::internal)
            .boxed()
    }
}

fn full(error: StoreError) -> Error {
    Error::new(ErrorCode::Unavailable, "The file could not be stored. The server's disk may be full.").because(error)
}

fn missing(error: StoreError) -> Error {
    match error {
        StoreError::NotFound { .. } => Error::not_found().because(error),
        _ => Error::internal(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_blob_is_whole_listed_and_gone_when_deleted() {
        let folder = std::env::temp_dir().join(format!("skald_blobs_{}", skald_kernel::Ids.next::<uuid::Uuid>()));
        let blobs = Blobs::open(&folder).unwrap();
        let bytes = Bytes::from(vec![7; 300_000]);
        blobs.put("media/a/b", bytes.clone()).await.unwrap();
        assert_eq!(blobs.read("media/a/b").await.unwrap(), bytes);
        let parts: Vec<Bytes> = blobs.stream("media/a/b").await.unwrap().try_collect().await.unwrap();
        assert_eq!(parts.concat(), bytes);
        let names = |blobs: &Blobs| blobs.list("media").map_ok(|blob| blob.name).try_collect::<Vec<_>>();
        assert_eq!(names(&blobs).await.unwrap(), ["media/a/b"]);
        blobs.delete("media/a/b").await.unwrap();
        blobs.delete("media/a/b").await.unwrap();
        assert!(names(&blobs).await.unwrap().is_empty());
        assert_eq!(blobs.read("media/a/b").await.unwrap_err().code(), ErrorCode::NotFound);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn a_name_cannot_lead_out_of_the_folder() {
        let folder = std::env::temp_dir().join(format!("skald_blobs_{}", skald_kernel::Ids.next::<uuid::Uuid>()));
        let blobs = Blobs::open(&folder).unwrap();
        blobs.put("../../escaped", Bytes::from_static(b"x")).await.unwrap();
        assert!(!folder.join("../escaped").exists() && !folder.join("escaped").exists());
        assert_eq!(blobs.read("../../escaped").await.unwrap(), "x");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
