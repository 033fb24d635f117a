//! What bytes are a picture that is taken. Pure.

use bytes::Bytes;
use imagesize::{ImageSize, ImageType, blob_size, image_type};
use sha2::{Digest, Sha256};
use skald_kernel::{Error, MediaId, Result, error::ErrorCode, error::Fields};

use super::dto::MediaIn;
use crate::entities::storable;

const NAME: usize = 200;
const ALT: usize = 500;
/// Pixels of a side at most: what a browser can draw on any machine.
const SIDE: usize = 8192;

/// The kinds of picture that every browser shows and that hold no scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
    /// `image/png`
    Png,
    /// `image/jpeg`
    Jpeg,
    /// `image/webp`
    Webp,
    /// `image/gif`
    Gif,
}

impl ContentType {
    /// As it stands in a header and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
        }
    }
}

/// A picture whose bytes lie in the blobs already; [`super::create`] makes it known.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The picture to be.
    pub id: MediaId,
    pub(super) picture: Picture,
}

/// What can be read from the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    pub content_type: ContentType,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
    pub sha256: String,
}

/// Reads what kind of picture the bytes are and how large; only headers are read, and nothing is unpacked.
pub(super) fn picture(bytes: &Bytes) -> Result<Picture> {
    let content_type = match image_type(bytes) {
        Ok(ImageType::Png) => ContentType::Png,
        Ok(ImageType::Jpeg) => ContentType::Jpeg,
        Ok(ImageType::Webp) => ContentType::Webp,
        Ok(ImageType::Gif) => ContentType::Gif,
        _ => {
            return Err(Error::new(ErrorCode::UnsupportedMedia, "Send a picture: PNG, JPEG, WebP or GIF."));
        }
    };
    let ImageSize { width, height } = blob_size(bytes).map_err(|error| {
        Error::new(ErrorCode::UnsupportedMedia, "The picture is damaged: its size cannot be read.").because(error)
    })?;
    if width == 0 || height == 0 || width > SIDE || height > SIDE {
        let detail = format!("The picture is {width} × {height} pixels; between 1 and {SIDE} on each side are taken.");
        return Err(Error::new(ErrorCode::TooLarge, detail));
    }
    Ok(Picture {
        content_type,
        width: width as u32,
        height: height as u32,
        bytes: bytes.len() as u64,
        sha256: hex::encode(Sha256::digest(bytes)),
    })
}

/// Refuses names that are too long.
pub(super) fn check(input: &MediaIn) -> Result<()> {
    let mut wrong = Fields::default();
    wrong.at_most("name", &input.name, NAME).at_most("alt", &input.alt, ALT);
    storable(&mut wrong, "name", &input.name);
    storable(&mut wrong, "alt", &input.alt);
    wrong.check()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of a PNG of that size; readers of headers see no further.
    fn png(width: u32, height: u32) -> Bytes {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 6, 0, 0, 0]);
        bytes.into()
    }

    fn gif(width: u16, height: u16) -> Bytes {
        let mut bytes = b"GIF89a".to_vec();
        bytes.extend(width.to_le_bytes());
        bytes.extend(height.to_le_bytes());
        bytes.extend([0; 3]);
        bytes.into()
    }

    #[test]
    fn a_picture_is_what_its_bytes_say() {
        let found = picture(&png(640, 480)).unwrap();
        assert_eq!((found.content_type, found.width, found.height), (ContentType::Png, 640, 480));
        assert_eq!(found.sha256.len(), 64);
        let found = picture(&gif(3, 2)).unwrap();
        assert_eq!((found.content_type, found.width, found.height), (ContentType::Gif, 3, 2));
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused() {
        let code = |bytes: Bytes| picture(&bytes).unwrap_err().code();
        for no in ["", "<svg xmlns='http://www.w3.org/2000/svg'/>", "<html><script>", "%PDF-1.7", "BM\0\0\0\0"] {
            assert_eq!(code(Bytes::from(no)), ErrorCode::UnsupportedMedia, "{no}");
        }
        assert_eq!(code(png(640, 480).slice(..17)), ErrorCode::UnsupportedMedia);
        assert_eq!(code(png(0, 480)), ErrorCode::TooLarge);
        assert_eq!(code(png(SIDE as u32 + 1, 1)), ErrorCode::TooLarge);
        assert!(picture(&png(SIDE as u32, SIDE as u32)).is_ok());
    }

    #[test]
    fn no_bytes_make_the_reader_fail_otherwise() {
        let starts: [&[u8]; 6] = [
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff\xe0",
            b"RIFF\0\0\0\0WEBPVP8X",
            b"RIFF\0\0\0\0WEBPVP8L",
            b"GIF89a",
            b"",
        ];
        let mut state = 7_u64;
        for start in starts {
            for length in 0..200 {
                let mut bytes = start.to_vec();
                for _ in 0..length {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    bytes.push((state >> 33) as u8);
                }
                if let Err(error) = picture(&bytes.into()) {
                    assert!(matches!(error.code(), ErrorCode::UnsupportedMedia | ErrorCode::TooLarge), "{error}");
                }
            }
        }
    }
}
