//! Known names inside running text: as they are written, and as they sound.

use std::ops::Range;

use uuid::Uuid;

use super::{NameIndex, NameKind, normal, rank::How};

/// Words of a text that one name may cover.
const LONGEST: usize = 8;
/// Letters of a name in a script without spaces.
const DENSE: usize = 12;
/// Letters of a word that is recognised by its sound alone; shorter ones sound like half the dictionary.
const BY_SOUND: usize = 5;

/// A known name in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// Who bears it. Of several bearers of one name the first by the order asked for.
    pub id: Uuid,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// [`How::Exact`] or [`How::Sound`].
    pub how: How,
    /// Which of the bearer's names it is.
    pub kind: NameKind,
}

/// A piece of text between spaces, without the punctuation around it.
struct Piece {
    range: Range<usize>,
    /// Its letters, normalised and run together; also without a genitive's s.
    written: String,
    heard: String,
    is_sentence_end: bool,
}

impl<T> NameIndex<T> {
    /// The names in a text that are borne by somebody admitted, in the order of the text. Where names overlap, the one that
    /// begins first counts, and of these the longest. `tie` orders the bearers of one name.
    pub fn mentions<K: Ord>(
        &self,
        text: &str,
        admit: impl Fn(Uuid, &T) -> bool,
        tie: impl Fn(Uuid, &T) -> K,
    ) -> Vec<Mention> {
        let pieces = self.pieces(text);
        let mut mentions = Vec::new();
        let mut at = 0;
        while at < pieces.len() {
            match self.mention_at(&pieces[at..], &admit, &tie) {
                Some((mention, length)) => {
                    mentions.push(mention);
                    at += length;
                }
                None => {
                    if pieces[at].written.chars().any(normal::is_dense) {
                        self.dense_mentions(text, pieces[at].range.clone(), &admit, &tie, &mut mentions);
                    }
                    at += 1;
                }
            }
        }
        mentions
    }

    fn mention_at<K: Ord>(
        &self,
        pieces: &[Piece],
        admit: &impl Fn(Uuid, &T) -> bool,
        tie: &impl Fn(Uuid, &T) -> K,
    ) -> Option<(Mention, usize)> {
        // A name does not go on behind the end of a sentence, but "Dr. Moth" is one.
        let ends = pieces.iter().take(LONGEST).position(|piece| piece.is_sentence_end).map_or(LONGEST, |n| n + 1);
        for length in (1..=ends.min(pieces.len())).rev() {
            let window = &pieces[..length];
            let (last, before) = window.split_last()?;
            if length == 1 && normal::is_small(&last.written) {
                continue;
            }
            let range = window[0].range.start..last.range.end;
            let begin: String = before.iter().map(|piece| piece.written.as_str()).collect();
            let whole = format!("{begin}{}", last.written);
            let found = |key: &str| self.best(self.whole.get(key)?, admit, tie);
            let genitive = || whole.strip_suffix('s').filter(|name| name.chars().count() > 2).and_then(found);
            if let Some((id, kind)) = found(&whole).or_else(genitive) {
                return Some((Mention { id, range, how: How::Exact, kind }, length));
            }
        }
        for length in (1..=3.min(ends).min(pieces.len())).rev() {
            let window = &pieces[..length];
            let letters: usize = window.iter().map(|piece| piece.written.chars().count()).sum();
            if letters < BY_SOUND {
                continue;
            }
            let heard: String = window.iter().map(|piece| piece.heard.as_str()).collect();
            if heard.chars().count() < BY_SOUND - 1 {
                continue;
            }
            let range = window[0].range.start..window[length - 1].range.end;
            if let Some((id, kind)) = self.sounds.get(heard.as_str()).and_then(|forms| self.best(forms, admit, tie)) {
                return Some((Mention { id, range, how: How::Sound, kind }, length));
            }
        }
        None
    }

    /// Names inside text without spaces: at each letter the longest.
    fn dense_mentions<K: Ord>(
        &self,
        text: &str,
        range: Range<usize>,
        admit: &impl Fn(Uuid, &T) -> bool,
        tie: &impl Fn(Uuid, &T) -> K,
        mentions: &mut Vec<Mention>,
    ) {
        let part = &text[range.clone()];
        let starts: Vec<usize> = part.char_indices().map(|(at, _)| at).chain([part.len()]).collect();
        let mut n = 0;
        while n + 1 < starts.len() {
            let longest = DENSE.min(starts.len() - 1 - n);
            // One letter is a name far more rarely than a part of a word.
            let found = (2..=longest).rev().find_map(|length| {
                let name = normal::words(&part[starts[n]..starts[n + length]]).concat();
                let (id, kind) = self.best(self.whole.get(name.as_str())?, admit, tie)?;
                Some((id, kind, length))
            });
            match found {
                Some((id, kind, length)) => {
                    let place = range.start + starts[n]..range.start + starts[n + length];
                    mentions.push(Mention { id, range: place, how: How::Exact, kind });
                    n += length;
                }
                None => n += 1,
            }
        }
    }

    /// Of these forms the one of the first bearer that is admitted: names before aliases, then by `tie`.
    fn best<K: Ord>(
        &self,
        forms: &[u32],
        admit: &impl Fn(Uuid, &T) -> bool,
        tie: &impl Fn(Uuid, &T) -> K,
    ) -> Option<(Uuid, NameKind)> {
        let bearers = forms.iter().filter_map(|at| self.bearer(*at));
        bearers
            .filter(|(entry, _)| admit(entry.id, &entry.about))
            .map(|(entry, form)| (form.kind, tie(entry.id, &entry.about), entry.id))
            .min()
            .map(|(kind, _, id)| (id, kind))
    }

    fn pieces(&self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut from = 0;
        for part in text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '/' | '—' | '–' | '[' | ']' | '|'))
        {
            let start = from;
            from += part.len();
            let outside = |c: char| !c.is_alphanumeric();
            let inner = part.trim_matches(outside);
            if inner.is_empty() {
                continue;
            }
            let begins = start + (part.len() - part.trim_start_matches(outside).len());
            let words = normal::words(inner);
            if words.is_empty() {
                continue;
            }
            let heard = words.iter().map(|word| self.ear.word(word)).collect();
            let behind = &part[begins - start + inner.len()..];
            pieces.push(Piece {
                range: begins..begins + inner.len(),
                written: words.concat(),
                heard,
                is_sentence_end: behind.contains(['!', '?', ';', ':', ','])
                    || (behind.contains('.') && inner.len() > 3),
            });
        }
        pieces
    }
}
