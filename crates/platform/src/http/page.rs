//! Pages of long lists, by cursor.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use skald_kernel::{Error, Result};
use utoipa::{IntoParams, ToSchema};

/// Rows of a page unless asked otherwise.
const USUAL: u64 = 50;
/// Rows of a page at most.
const MOST: u64 = 200;

/// Which page of a list. Flatten it into a list's own query parameters.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Rows, 1 to 200; 50 when absent.
    pub limit: Option<u64>,
    /// Where the last page ended: its `next_cursor`.
    pub cursor: Option<String>,
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Ask for the next page with it; null at the end.
    pub next_cursor: Option<String>,
    /// All rows the viewer may see, where it is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

impl PageQuery {
    /// How many rows to give.
    ///
    /// # Errors
    /// A limit outside 1 to 200.
    pub fn limit(&self) -> Result<u64> {
        match self.limit {
            None => Ok(USUAL),
            Some(limit @ 1..=MOST) => Ok(limit),
            Some(_) => Err(Error::field("limit", "out_of_range", format!("Between 1 and {MOST}."))),
        }
    }

    /// What the cursor holds.
    ///
    /// # Errors
    /// A cursor that this server did not give.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
        let key = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        key.map(Some).ok_or_else(|| Error::field("cursor", "unknown", "Use the next_cursor of the page before."))
    }
}

impl<T> Page<T> {
    /// A list that is given whole.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None, total: None }
    }

    /// A page from one row more than was asked for: the extra row only says that there is more.
    pub fn from_rows<K: Serialize>(mut rows: Vec<T>, limit: u64, key: impl Fn(&T) -> K) -> Self {
        let more = rows.len() as u64 > limit;
        rows.truncate(limit as usize);
        let next_cursor = match rows.last() {
            Some(last) if more => serde_json::to_vec(&key(last)).ok().map(|bytes| URL_SAFE_NO_PAD.encode(bytes)),
            _ => None,
        };
        Self { items: rows, next_cursor, total: None }
    }

    /// Adds the count of all rows.
    #[must_use]
    pub fn with_total(mut self, total: u64) -> Self {
        self.total = Some(total);
        self
    }

    /// The same page of another shape.
    pub fn map<U>(self, shape: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(shape).collect(), next_cursor: self.next_cursor, total: self.total }
    }
}
