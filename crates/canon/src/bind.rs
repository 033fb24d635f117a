//! The parameters of a query whose text is put together: each value gets its number when it is bound, and no value is ever
//! written into the text.

use sea_orm::{ConnectionTrait, QueryResult, Statement, TryGetable, Value};
use skald_kernel::Result;
use skald_platform::db::{DbResult, sql};
use uuid::Uuid;

/// Values in the order of their numbers.
#[derive(Debug, Default)]
pub(crate) struct Binds(Vec<Value>);

impl Binds {
    /// Binds a value and gives its placeholder, which may stand in the text more than once.
    pub fn add(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }

    /// Binds ids for `IN`; the caller makes sure that there are some.
    pub fn ids<T: Copy + Into<Uuid>>(&mut self, ids: &[T]) -> String {
        debug_assert!(!ids.is_empty(), "IN () is no SQL");
        let places: Vec<String> = ids
            .iter()
            .map(|id| {
                let id: Uuid = (*id).into();
                self.add(id)
            })
            .collect();
        format!("({})", places.join(", "))
    }

    /// Binds the values of one row for `VALUES`.
    pub fn row(&mut self, values: impl IntoIterator<Item = Value>) -> String {
        let places: Vec<String> = values.into_iter().map(|value| self.add(value)).collect();
        format!("({})", places.join(", "))
    }

    /// The statement of a text and these values.
    pub fn statement(self, on: &impl ConnectionTrait, text: impl Into<String>) -> Statement {
        sql(on, text, self.0)
    }

    /// Runs a query and gives its rows.
    pub async fn rows(self, on: &impl ConnectionTrait, text: impl Into<String>) -> Result<Vec<QueryResult>> {
        on.query_all_raw(self.statement(on, text)).await.db()
    }

    /// Runs a change and gives the number of rows it touched.
    pub async fn run(self, on: &impl ConnectionTrait, text: impl Into<String>) -> Result<u64> {
        Ok(on.execute_raw(self.statement(on, text)).await.db()?.rows_affected())
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// A column of a row.
pub(crate) fn column<T: TryGetable>(row: &QueryResult, name: &str) -> Result<T> {
    row.try_get("", name).db()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_gets_the_next_number() {
        let mut binds = Binds::default();
        assert_eq!(binds.add(1_i64), "$1");
        assert_eq!(binds.ids(&[Uuid::nil(), Uuid::max()]), "($2, $3)");
        assert_eq!(binds.row([1.into(), "a".into()]), "($4, $5)");
    }
}
