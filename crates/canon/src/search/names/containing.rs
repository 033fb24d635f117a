//! Names that hold a part of a word anywhere: what a list is filtered by.

use uuid::Uuid;

use super::{NameIndex, grams, normal};

impl<T> NameIndex<T> {
    /// The bearers of which one name may hold `part`. Never too few; the caller looks at each. All of them, when the part is
    /// too short to say anything.
    pub fn perhaps_containing(&self, part: &str) -> Vec<(Uuid, &T)> {
        let words = normal::words(part);
        let telling = words.iter().filter(|word| {
            word.chars().count() >= 3 && !normal::is_part_of_small(word) && !word.chars().any(normal::is_dense)
        });
        let Some(word) = telling.max_by_key(|word| word.len()) else { return self.iter().collect() };
        let forms = self.written.rarest(&grams::inside(word)).unwrap_or_default();
        let mut slots: Vec<u32> = forms
            .iter()
            .chain(&self.dense)
            .filter_map(|at| self.forms.get(*at as usize)?.as_ref().map(|form| form.entry))
            .collect();
        slots.sort_unstable();
        slots.dedup();
        slots.into_iter().filter_map(|slot| self.entry(slot)).map(|entry| (entry.id, &entry.about)).collect()
    }
}
