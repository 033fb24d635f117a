//! Reading a vault's file, on a thread of its own.

use std::{fs::File, io::Read, path::Path};

use skald_kernel::Result;
use zip::ZipArchive;

use super::page::{self, Page};
use crate::archive::bad;

/// Bytes of a page at most.
const PAGE: u64 = 2 << 20;
/// Pages at most, and bytes of all of them.
const PAGES: usize = 50_000;
const ALL: u64 = 512 << 20;

/// What was read.
pub(super) struct Vault {
    /// Each page with its path.
    pub(super) pages: Vec<(String, Page)>,
    pub(super) warnings: Vec<String>,
}

/// Reads all pages, in the order of their paths.
pub(super) fn vault(path: &Path) -> Result<Vault> {
    let file = File::open(path).map_err(skald_kernel::Error::internal)?;
    let mut zip = ZipArchive::new(std::io::BufReader::new(file))
        .map_err(|error| bad("This is no whole zip file. Pack the folder of your notes again.").because(error))?;
    let (mut pages, mut warnings, mut bytes) = (Vec::new(), Vec::new(), 0);
    if zip.len() > PAGES * 2 {
        return Err(bad(format!("More than {PAGES} pages are not taken at once.")));
    }
    for index in 0..zip.len() {
        let file = zip.by_index(index).map_err(|error| bad("The file is damaged.").because(error))?;
        let name = file.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
        // What editors and systems keep for themselves.
        let hidden = name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX");
        if hidden || file.is_dir() || !name.to_lowercase().ends_with(".md") {
            continue;
        }
        let mut text = Vec::new();
        file.take(PAGE + 1).read_to_end(&mut text).map_err(|error| bad("The file is damaged.").because(error))?;
        bytes += text.len() as u64;
        if bytes > ALL {
            return Err(bad(format!("The pages take more than {} MiB together.", ALL >> 20)));
        }
        if text.len() as u64 > PAGE {
            warnings.push(format!("{name}: It is larger than {} MiB.", PAGE >> 20));
            continue;
        }
        let read = String::from_utf8(text)
            .map_err(|_| "It is not UTF-8.".to_owned())
            .and_then(|text| page::read(&text.replace('\0', "")));
        match read {
            Ok(page) => pages.push((name, page)),
            Err(why) => warnings.push(format!("{name}: {why}")),
        }
    }
    if pages.is_empty() && warnings.is_empty() {
        return Err(bad("There is no page in it: a file whose name ends with .md."));
    }
    pages.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(Vault { pages, warnings })
}
