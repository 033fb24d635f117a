//! Search: what is found of each class of questions, and how fast; in this process and over HTTP.
//!
//! The labelled set is read from a folder (`docs.jsonl.gz`, `queries.jsonl`) when one is given. The held-out set is made here.

mod held_out;

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    process::Command,
    sync::Arc,
    time::Instant,
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use skald_canon::search::names::{Ask as Look, Mode, NameIndex, NameKind};
use uuid::Uuid;

use crate::{
    Bench, canon,
    client::{Ask, text},
    table::{Samples, ms, thousands},
};

/// What scores less is not found, as on the server.
const CUT_OFF: f32 = 0.72;
/// Entities of the large campaign.
const LARGE: usize = 100_000;

/// Something with a name.
#[derive(Clone, Debug, Default)]
pub struct Doc {
    id: String,
    kind: String,
    name: String,
    aliases: Vec<String>,
    body: String,
    tags: Vec<String>,
    open: bool,
}

/// Something somebody looks for.
#[derive(Clone, Debug, Default)]
pub struct Question {
    class: String,
    q: String,
    /// Any of these is right.
    targets: Vec<String>,
    /// None of these may come back.
    forbidden: Vec<String>,
    gm: bool,
}

/// What came of the questions of one class.
#[derive(Debug, Default)]
struct Score {
    asked: usize,
    first: usize,
    fifth: usize,
    answered: usize,
    leaked: usize,
}

impl Score {
    fn count(&mut self, question: &Question, found: &[String]) {
        self.asked += 1;
        let place = found.iter().position(|id| question.targets.contains(id));
        self.first += usize::from(place == Some(0));
        self.fifth += usize::from(place.is_some_and(|place| place < 5));
        self.answered += usize::from(!found.is_empty());
        self.leaked += usize::from(found.iter().any(|id| question.forbidden.contains(id)));
    }

    fn show(&self, class: &str) -> String {
        let share = |n: usize| n as f64 / self.asked.max(1) as f64;
        match class {
            "miss" => format!("{} of {} answered", self.answered, self.asked),
            "hidden" => format!("{} of {} leaked", self.leaked, self.asked),
            _ => format!("recall@1 {:.3}, @5 {:.3} of {}", share(self.first), share(self.fifth), self.asked),
        }
    }
}

/// Takes all the figures.
pub async fn search(bench: &mut Bench, labelled: Option<&Path>) -> Result<()> {
    let mut sets = Vec::new();
    if let Some(folder) = labelled {
        sets.push(("labelled", read(folder)?));
    }
    let count = 20_000 / bench.divide;
    sets.push(("held out", held_out::set(7, count, 100)));
    for (name, (docs, questions)) in &sets {
        in_process(bench, name, docs, questions)?;
    }
    if let Some((name, (docs, questions))) = sets.first().filter(|(name, _)| *name == "labelled") {
        over_http(bench, name, docs, questions).await?;
    }
    let (docs, questions) = held_out::set(11, LARGE / bench.divide, 100);
    in_process(bench, "held out, large", &docs, &questions)?;
    over_http(bench, "held out, large", &docs, &questions).await
}

fn in_process(bench: &mut Bench, set: &str, docs: &[Doc], questions: &[Question]) -> Result<()> {
    let begin = Instant::now();
    let mut index: NameIndex<bool> = NameIndex::default();
    for (n, doc) in docs.iter().enumerate() {
        let aliases = doc.aliases.iter().map(|alias| (NameKind::Alias, alias.as_str()));
        index.put(id(n), [(NameKind::Name, doc.name.as_str())].into_iter().chain(aliases), doc.open);
    }
    let built = begin.elapsed();
    let size = thousands(docs.len() as f64);
    let megabytes = index.bytes() as f64 / 1e6;
    bench.table.row(
        format!("name index of {size} ({set})"),
        format!("{} to build, {megabytes:.0} MB", ms(built)),
        "1 s, 150 MB at 100,000",
        "in this process",
    );
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    let mut took = Vec::new();
    for question in questions {
        let mode = if question.class == "prefix" { Mode::Typing } else { Mode::Whole };
        let ask = Look { text: &question.q, mode, cut_off: CUT_OFF };
        let begin = Instant::now();
        let found = index.search(ask, 10, |_, open| question.gm || *open, |id, _| id);
        took.push(begin.elapsed());
        let found: Vec<String> = found
            .iter()
            .filter_map(|found| docs.get(found.id.as_u128() as usize - 1))
            .map(|doc| doc.id.clone())
            .collect();
        scores.entry(&question.class).or_default().count(question, &found);
    }
    for (class, score) in &scores {
        bench.table.row(format!("names, {class} ({set})"), score.show(class), wanted(class), "in this process");
    }
    let took = Samples::new(took);
    bench.table.row(
        format!("one search of {size} names ({set})"),
        took.p50_p99(),
        "p99 5 ms at 20,000",
        "in this process",
    );
    Ok(())
}

async fn over_http(bench: &mut Bench, set: &str, docs: &[Doc], questions: &[Question]) -> Result<()> {
    bench.refresh().await?;
    let made = bench.client.post("/campaigns", &json!({ "name": format!("Search: {set}") })).await?;
    let campaign = text(&made, "id")?;
    let path = format!("/campaigns/{campaign}/entities");
    let inputs: Arc<Vec<Value>> = Arc::new(docs.iter().map(entity).collect());
    let (begin, size) = (Instant::now(), thousands(docs.len() as f64));
    // A sign-in lasts for so many.
    let mut ids: HashMap<String, String> = HashMap::with_capacity(docs.len());
    for (part, some) in docs.chunks(20_000).enumerate() {
        bench.refresh().await?;
        let (path, inputs) = (path.clone(), Arc::clone(&inputs));
        let ask = move |n: usize| Ask::post(&path, &inputs[part * 20_000 + n]);
        let (answers, _) = canon::post_all(&bench.client, some.len(), ask).await?;
        for (answer, doc) in answers.iter().zip(some) {
            ids.insert(text(answer, "id")?, doc.id.clone());
        }
    }
    let per_s = docs.len() as f64 / begin.elapsed().as_secs_f64();
    bench.refresh().await?;
    let base = format!("/campaigns/{campaign}/search");
    let before = bench.server.memory_kb()?;
    let first = Instant::now();
    bench.client.get(&format!("{base}/suggest?q=a")).await?;
    let (first, more) = (first.elapsed(), bench.server.memory_kb()?.saturating_sub(before));
    bench.table.row(
        format!("first search of {size} ({set})"),
        format!("{}, {} MB more", ms(first), more / 1024),
        "—",
        format!("builds the index; made at {}/s before", thousands(per_s)),
    );
    for (figure, limit) in [("search", "limit=10"), ("search/suggest", "limit=10")] {
        let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
        let mut took = Vec::new();
        // Players' questions need a player, whom the tests have.
        for question in questions.iter().filter(|question| question.gm) {
            let path = format!("/campaigns/{campaign}/{figure}?{limit}&q={}", escaped(&question.q));
            let begin = Instant::now();
            let answer = bench.client.get(&path).await?;
            took.push(begin.elapsed());
            let found: Vec<String> = answer["items"]
                .as_array()
                .context("no items")?
                .iter()
                .filter_map(|hit| ids.get(hit["id"].as_str()?).cloned())
                .collect();
            scores.entry(&question.class).or_default().count(question, &found);
        }
        for (class, score) in scores.iter().filter(|(class, _)| figure == "search" || **class == "prefix") {
            bench.table.row(format!("/{figure}, {class} ({set})"), score.show(class), wanted(class), "over HTTP");
        }
        let took = Samples::new(took);
        bench.table.row(
            format!("/{figure} among {size} ({set})"),
            took.p50_p99(),
            "p99 20 ms at 100,000",
            "GET, one connection, all classes",
        );
    }
    Ok(())
}

fn wanted(class: &str) -> &'static str {
    match class {
        "phon_hand" => "0.95 / 0.97",
        "phon_rule" => "0.98",
        "typo2" | "word_order" | "exact" => "1.00",
        "hidden" => "0",
        _ => "—",
    }
}

fn id(n: usize) -> Uuid {
    Uuid::from_u128(n as u128 + 1)
}

fn entity(doc: &Doc) -> Value {
    let kind = match doc.kind.as_str() {
        "rule" => "lore",
        "transcript" => "note",
        kind => kind,
    };
    json!({
        "kind": kind, "name": doc.name, "aliases": doc.aliases, "body": doc.body, "tags": doc.tags,
        "visibility": if doc.open { "everyone" } else { "gm" },
    })
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// The labelled set.
fn read(folder: &Path) -> Result<(Vec<Doc>, Vec<Question>)> {
    let packed = folder.join("docs.jsonl.gz");
    let unpacked = Command::new("gzip").arg("-dc").arg(&packed).output().context("starting gzip")?;
    if !unpacked.status.success() {
        bail!("{} cannot be read: {}", packed.display(), String::from_utf8_lossy(&unpacked.stderr));
    }
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let lines = |text: &str| text.lines().map(serde_json::from_str).collect::<serde_json::Result<Vec<Value>>>();
    let doc = |line: &Value| Doc {
        id: word(&line["id"]),
        kind: word(&line["kind"]),
        name: word(&line["name"]),
        aliases: texts(&line["aliases"]),
        body: word(&line["body"]),
        tags: texts(&line["tags"]),
        open: line["visibility"] == "players",
    };
    let docs = lines(std::str::from_utf8(&unpacked.stdout)?)?.iter().map(doc).collect();
    let queries = folder.join("queries.jsonl");
    let queries = std::fs::read_to_string(&queries).with_context(|| format!("reading {}", queries.display()))?;
    let question = |line: &Value| Question {
        class: word(&line["cls"]),
        q: word(&line["q"]),
        targets: texts(&line["targets"]),
        forbidden: texts(&line["forbidden"]),
        gm: line["viewer"] == "gm",
    };
    Ok((docs, lines(&queries)?.iter().map(question).collect()))
}
