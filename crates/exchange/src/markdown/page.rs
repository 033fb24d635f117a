//! A page: front matter and Markdown, as text editors keep it. Pure.
//!
//! Front matter is YAML between two lines of dashes. It is written with a value in JSON behind each key, which is YAML as
//! well, and read as whatever YAML an editor has made of it.

use serde_json::{Map, Value};

/// A page of a vault.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Page {
    pub(super) front: Map<String, Value>,
    pub(super) body: String,
}

/// The page as text.
pub(super) fn write(page: &Page) -> String {
    let mut text = "---\n".to_owned();
    for (key, value) in &page.front {
        match value.as_array().filter(|values| values.iter().any(Value::is_object)) {
            // One object a line, so that a change is one line in anybody's diff.
            Some(values) => {
                text.push_str(&format!("{key}:\n"));
                values.iter().for_each(|value| text.push_str(&format!("  - {value}\n")));
            }
            None => text.push_str(&format!("{key}: {value}\n")),
        }
    }
    text.push_str("---\n");
    text.push_str(&page.body);
    text
}

/// Reads a page. A text without front matter is all body.
pub(super) fn read(text: &str) -> Result<Page, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(rest) = first_line(text).filter(|(line, _)| line.trim_end() == "---").map(|(_, rest)| rest) else {
        return Ok(Page { front: Map::new(), body: text.to_owned() });
    };
    let (mut yaml, mut left) = (String::new(), rest);
    loop {
        let Some((line, rest)) = first_line(left) else {
            return Err("Its front matter has no end: a line of three dashes.".to_owned());
        };
        left = rest;
        if line.trim_end() == "---" {
            break;
        }
        yaml.push_str(line);
        yaml.push('\n');
    }
    let front = match yaml.trim().is_empty() {
        true => Map::new(),
        false => serde_saphyr::from_str(&yaml).map_err(|error| {
            let error = error.to_string();
            format!("Its front matter does not read: {}", error.lines().next().unwrap_or_default())
        })?,
    };
    Ok(Page { front, body: left.to_owned() })
}

fn first_line(text: &str) -> Option<(&str, &str)> {
    if text.is_empty() {
        return None;
    }
    Some(text.split_once('\n').unwrap_or((text, "")))
}

/// A name of a file that every system takes, and that a link can be made to.
pub(super) fn file_name(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_control() || r#"\/:*?"<>|#^[]"#.contains(c) { ' ' } else { c }).collect();
    let words: Vec<&str> = name.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(100).collect();
    let name = name.trim_matches(['.', ' ']);
    if name.is_empty() { "Untitled".to_owned() } else { name.to_owned() }
}

/// A link to a page by its path, shown as its name.
pub(super) fn link(path: &str, name: &str) -> String {
    let path = path.strip_suffix(".md").unwrap_or(path);
    // What would end the link is not part of what it shows.
    format!("[[{path}|{}]]", name.replace(['[', ']', '|'], " "))
}

/// Where a text leads that is a link and nothing else.
pub(super) fn link_target(text: &str) -> Option<&str> {
    let inside = text.trim().strip_prefix("[[")?.strip_suffix("]]")?;
    let target = inside.split(['|', '#']).next()?.trim();
    (!target.is_empty() && !target.contains(['[', ']'])).then(|| target.strip_suffix(".md").unwrap_or(target))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn front_matter_is_read_as_editors_write_it() {
        let front = json!({ "name": "The Eel", "tags": ["inn", "old town"], "fields": { "beds": 4 } });
        for text in [
            "---\nname: The Eel\ntags:\n  - inn\n  - old town\nfields:\n  beds: 4\n---\nOld.\n",
            "\u{feff}---\r\nname: \"The Eel\"\r\ntags: [inn, 'old town']\r\nfields: {beds: 4}\r\n---\r\nOld.\n",
            "--- \nname: The Eel\ntags: [\"inn\",\"old town\"]\nfields: {\"beds\":4}\n---\nOld.\n",
        ] {
            let page = read(text).unwrap();
            assert_eq!(Value::Object(page.front), front, "{text:?}");
            assert_eq!(page.body, "Old.\n");
        }
        assert_eq!(read("Only words\n---\nand a rule").unwrap().body, "Only words\n---\nand a rule");
        assert_eq!(read("---\n---\n").unwrap(), Page::default());
        for (text, said) in [("---\nname: x\n", "no end"), ("---\nname: [x\n---\n", "does not read")] {
            assert!(read(text).unwrap_err().contains(said), "{text:?}");
        }
    }

    #[test]
    fn a_file_is_named_as_every_system_takes_it() {
        for (name, wanted) in [
            ("Harrow's End", "Harrow's End"),
            ("a/b\\c: \"d\"", "a b c d"),
            ("[[x]]|#y^", "x y"),
            ("龍 の 村", "龍 の 村"),
            ("..", "Untitled"),
            (" . \n", "Untitled"),
        ] {
            assert_eq!(file_name(name), wanted);
        }
    }

    #[test]
    fn a_link_leads_where_it_says() {
        assert_eq!(link("Places/The Eel.md", "The [old] Eel"), "[[Places/The Eel|The  old  Eel]]");
        for (text, wanted) in [
            ("[[Places/The Eel|The Eel]]", Some("Places/The Eel")),
            (" [[The Eel.md#Cellar]] ", Some("The Eel")),
            ("see [[The Eel]]", None),
            ("[[a]] and [[b]]", None),
            ("[[]]", None),
        ] {
            assert_eq!(link_target(text), wanted, "{text:?}");
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,12}".prop_map(Value::from),
            "[-:#'\"\\[\\]{}\n\t ~a-z0-9.]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[a-z_ :#-]{1,8}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            front in prop::collection::hash_map("[a-z_]{1,8}", values(), 0..6),
            body in "(\\PC|\n){0,40}",
        ) {
            let page = Page { front: front.into_iter().collect(), body };
            // A first key would be taken for a body otherwise.
            prop_assert_eq!(read(&write(&page)).unwrap(), page);
        }
    }
}
