//! The names of one campaign in memory: found as they are written, begun, misspelled, misheard, or in another order.
//!
//! Pure: no database, no clock. What is found depends on nothing but the names that are admitted, so that a hidden name
//! shifts nothing: pieces are not weighed by how common they are, and ties are never cut apart.
//! Beside a name and its aliases there is room for how it was misheard before ([`NameKind::HeardAs`]).

mod containing;
mod distance;
mod ear;
mod grams;
mod mentions;
pub(in crate::search) mod normal;
mod rank;
mod search;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};

use parking_lot::Mutex;
use uuid::Uuid;

pub use ear::Ear;
use grams::{Postings, add_sorted, remove_sorted};
pub use mentions::Mention;
pub use rank::{How, Mode};
use search::Scratch;
pub use search::{Ask, Found};

/// What kind of name it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// The name.
    Name,
    /// Another name.
    Alias,
    /// How a speech recogniser misheard it before.
    HeardAs,
}

impl NameKind {
    /// How much less a name of this kind counts.
    fn discount(self) -> f32 {
        match self {
            Self::Name => 0.0,
            Self::Alias => 0.004,
            Self::HeardAs => 0.03,
        }
    }
}

/// A bearer of names, with what the user of the index keeps about it.
struct Entry<T> {
    id: Uuid,
    forms: Vec<u32>,
    about: T,
}

/// One name of an entry.
struct Form {
    entry: u32,
    /// Which of the bearer's names it is.
    nth: u16,
    kind: NameKind,
    shown: Box<str>,
    /// Its normalised words, with spaces between.
    written: Box<str>,
    /// The same words as they sound.
    heard: Box<str>,
}

/// The index. `T` is what its user keeps about each bearer: who may see it, what breaks ties.
pub struct NameIndex<T> {
    ear: Ear,
    entries: Vec<Option<Entry<T>>>,
    free_entries: Vec<u32>,
    by_id: HashMap<Uuid, u32>,
    forms: Vec<Option<Form>>,
    free_forms: Vec<u32>,
    written: Postings,
    heard: Postings,
    bones: Postings,
    /// Which forms have a word, in the order of the words.
    words: BTreeMap<Box<str>, Vec<u32>>,
    /// Which forms have these letters, or this sound, run together.
    whole: HashMap<Box<str>, Vec<u32>>,
    sounds: HashMap<Box<str>, Vec<u32>>,
    /// The forms with a word in a script without spaces, whose pieces are shorter.
    dense: HashSet<u32>,
    scratch: Mutex<Vec<Scratch>>,
}

impl<T> Default for NameIndex<T> {
    fn default() -> Self {
        Self::new(Ear::default())
    }
}

impl<T> NameIndex<T> {
    /// An empty index for listeners with this ear.
    pub fn new(ear: Ear) -> Self {
        Self {
            ear,
            entries: Vec::new(),
            free_entries: Vec::new(),
            by_id: HashMap::new(),
            forms: Vec::new(),
            free_forms: Vec::new(),
            written: Postings::default(),
            heard: Postings::default(),
            bones: Postings::default(),
            words: BTreeMap::new(),
            whole: HashMap::new(),
            sounds: HashMap::new(),
            dense: HashSet::new(),
            scratch: Mutex::default(),
        }
    }

    /// How many bearers there are.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// What is kept about a bearer.
    pub fn about(&self, id: Uuid) -> Option<&T> {
        self.entry(*self.by_id.get(&id)?).map(|entry| &entry.about)
    }

    /// All bearers.
    pub fn iter(&self) -> impl Iterator<Item = (Uuid, &T)> {
        self.entries.iter().flatten().map(|entry| (entry.id, &entry.about))
    }

    /// Puts a bearer in, or in the place of what was known of it.
    pub fn put<'a>(&mut self, id: Uuid, names: impl IntoIterator<Item = (NameKind, &'a str)>, about: T) {
        self.remove(id);
        let slot = self.free_entries.pop().unwrap_or_else(|| {
            self.entries.push(None);
            (self.entries.len() - 1) as u32
        });
        let mut forms = Vec::new();
        for (nth, (kind, name)) in names.into_iter().enumerate() {
            forms.extend(self.put_form(slot, nth as u16, kind, name));
        }
        self.by_id.insert(id, slot);
        self.entries[slot as usize] = Some(Entry { id, forms, about });
    }

    fn put_form(&mut self, entry: u32, nth: u16, kind: NameKind, name: &str) -> Option<u32> {
        let words = normal::words(name);
        if words.is_empty() {
            return None;
        }
        let heard: Vec<String> = words.iter().map(|word| self.ear.word(word)).collect();
        let form = Form {
            entry,
            nth,
            kind,
            shown: name.into(),
            written: words.join(" ").into(),
            heard: heard.join(" ").into(),
        };
        let at = self.free_forms.pop().unwrap_or_else(|| {
            self.forms.push(None);
            (self.forms.len() - 1) as u32
        });
        let pieces = Pieces::of(&words, &heard);
        self.written.add(at, &pieces.written);
        self.heard.add(at, &pieces.heard);
        self.bones.add(at, &pieces.bones);
        if words.iter().any(|word| word.chars().any(normal::is_dense)) {
            self.dense.insert(at);
        }
        add_sorted(self.whole.entry(words.concat().into()).or_default(), at);
        add_sorted(self.sounds.entry(heard.concat().into()).or_default(), at);
        for word in words {
            add_sorted(self.words.entry(word.into()).or_default(), at);
        }
        self.forms[at as usize] = Some(form);
        Some(at)
    }

    /// Takes a bearer out.
    pub fn remove(&mut self, id: Uuid) -> bool {
        let Some(slot) = self.by_id.remove(&id) else { return false };
        let Some(entry) = self.entries[slot as usize].take() else { return false };
        for at in entry.forms {
            let Some(form) = self.forms[at as usize].take() else { continue };
            let split = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
            let (words, heard) = (split(&form.written), split(&form.heard));
            let pieces = Pieces::of(&words, &heard);
            self.written.remove(at, &pieces.written);
            self.heard.remove(at, &pieces.heard);
            self.bones.remove(at, &pieces.bones);
            self.dense.remove(&at);
            take(&mut self.whole, &words.concat(), at);
            take(&mut self.sounds, &heard.concat(), at);
            for word in words {
                if let Some(forms) = self.words.get_mut(word.as_str()) {
                    remove_sorted(forms, at);
                    if forms.is_empty() {
                        self.words.remove(word.as_str());
                    }
                }
            }
            self.free_forms.push(at);
        }
        self.free_entries.push(slot);
        true
    }

    /// The bearer of a form, if it is there.
    fn bearer(&self, form: u32) -> Option<(&Entry<T>, &Form)> {
        let form = self.forms.get(form as usize)?.as_ref()?;
        Some((self.entry(form.entry)?, form))
    }

    fn entry(&self, slot: u32) -> Option<&Entry<T>> {
        self.entries.get(slot as usize)?.as_ref()
    }

    /// Bytes held, about.
    pub fn bytes(&self) -> usize {
        let forms: usize =
            self.forms.iter().flatten().map(|form| form.shown.len() + form.written.len() + form.heard.len()).sum();
        let words: usize =
            self.words.iter().map(|(word, forms)| word.len() + 48 + forms.capacity() * size_of::<u32>()).sum();
        self.entries.capacity() * size_of::<Option<Entry<T>>>()
            + self.forms.capacity() * (size_of::<Option<Form>>() + 3 * 16)
            + self.by_id.capacity() * 24
            + forms
            + words
            + self.whole.keys().chain(self.sounds.keys()).map(|key| key.len() + 64).sum::<usize>()
            + self.written.bytes()
            + self.heard.bytes()
            + self.bones.bytes()
    }
}

fn take(forms: &mut HashMap<Box<str>, Vec<u32>>, key: &str, at: u32) {
    if let Some(list) = forms.get_mut(key) {
        remove_sorted(list, at);
        if list.is_empty() {
            forms.remove(key);
        }
    }
}

/// The pieces of a name or a query.
struct Pieces {
    written: Vec<u64>,
    heard: Vec<u64>,
    bones: Vec<u64>,
}

impl Pieces {
    fn of(words: &[String], heard: &[String]) -> Self {
        let small = grams::small_among(words);
        let all_small = small.iter().all(|small| *small);
        let big = heard.iter().zip(&small).filter(|(_, small)| all_small || !**small).map(|(word, _)| word.as_str());
        Self {
            written: grams::of_words(words.iter().map(String::as_str), |n| small[n]),
            heard: grams::of_words(heard.iter().map(String::as_str), |n| small[n]),
            bones: grams::of_bones(big),
        }
    }
}
