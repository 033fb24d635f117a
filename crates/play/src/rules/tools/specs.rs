//! The table of tools: their names, what a model is told, their arguments and the rule behind each.

use serde_json::{Map, Value, json};
use skald_kernel::model::ToolSpec;

use super::{Tried, Turn, arguments::Arguments};

pub(super) struct Tool {
    pub(super) name: &'static str,
    description: &'static str,
    pub(super) parameters: &'static [Parameter],
    pub(super) run: fn(&Turn<'_>, &Arguments) -> Tried,
}

pub(super) struct Parameter {
    pub(super) name: &'static str,
    kind: Kind,
    pub(super) description: &'static str,
    pub(super) required: bool,
}

enum Kind {
    Text,
    Whole(i64, i64),
    OneOf(&'static [&'static str]),
}

const ABILITIES: &[&str] = &["strength", "dexterity", "constitution", "intelligence", "wisdom", "charisma"];

const fn needed(name: &'static str, kind: Kind, description: &'static str) -> Parameter {
    Parameter { name, kind, description, required: true }
}

const fn optional(name: &'static str, kind: Kind, description: &'static str) -> Parameter {
    Parameter { name, kind, description, required: false }
}

/// Who does it; without it, the character whose player wrote.
const CHARACTER: Parameter =
    optional("character", Kind::Text, "The name or id of a party member; without it, the one who acts.");
const REASON: Parameter = optional("reason", Kind::Text, "What it is about, in a few words.");

pub(super) static TOOLS: &[Tool] = &[
    Tool {
        name: "ability_check",
        description: "Rolls a d20 check for a party member whose attempt may fail. Tell the outcome only after the answer.",
        parameters: &[
            CHARACTER,
            needed("ability", Kind::OneOf(ABILITIES), "The ability tested."),
            needed(
                "difficulty",
                Kind::Whole(5, 30),
                "5 very easy, 10 easy, 15 hard, 20 very hard, 30 nearly impossible.",
            ),
            optional(
                "advantage",
                Kind::OneOf(&["none", "advantage", "disadvantage"]),
                "Whether circumstances help or hinder.",
            ),
            REASON,
        ],
        run: |turn, arguments| turn.ability_check(arguments),
    },
    Tool {
        name: "search",
        description: "A party member searches the place. The engine decides what is found and tells it in the answer.",
        parameters: &[
            CHARACTER,
            optional(
                "ability",
                Kind::OneOf(&["wisdom", "intelligence"]),
                "wisdom to notice, intelligence to work out.",
            ),
            REASON,
        ],
        run: |turn, arguments| turn.search(arguments),
    },
    Tool {
        name: "damage",
        description: "Somebody here is hurt: a party member, a person or a creature.",
        parameters: &[
            needed("target", Kind::Text, "The name or id of who is hurt."),
            needed("amount", Kind::Text, "Dice, such as 1d6+2."),
            REASON,
        ],
        run: |turn, arguments| turn.damage(arguments),
    },
    Tool {
        name: "heal",
        description: "Somebody here gets health back, by rest, care or magic. Items are used with use_item instead.",
        parameters: &[
            needed("target", Kind::Text, "The name or id of who is healed."),
            needed("amount", Kind::Text, "Dice, such as 1d8+1."),
            REASON,
        ],
        run: |turn, arguments| turn.heal(arguments),
    },
    Tool {
        name: "give_item",
        description: "A party member takes something that lies here, or is given some plain everyday thing.",
        parameters: &[
            CHARACTER,
            needed("item", Kind::Text, "The name or id of the item."),
            optional("quantity", Kind::Whole(1, 20), "How many."),
        ],
        run: |turn, arguments| turn.give_item(arguments),
    },
    Tool {
        name: "use_item",
        description: "A party member uses something they carry.",
        parameters: &[CHARACTER, needed("item", Kind::Text, "The name or id of the item.")],
        run: |turn, arguments| turn.use_item(arguments),
    },
    Tool {
        name: "start_quest",
        description: "The party takes on a quest that is on offer.",
        parameters: &[needed("quest", Kind::Text, "The title or id of the quest.")],
        run: |turn, arguments| turn.start_quest(arguments),
    },
    Tool {
        name: "advance_quest",
        description: "Something an active quest asks for was done. Rewards are given by the engine when all of it is done.",
        parameters: &[
            needed("quest", Kind::Text, "The title or id of the quest."),
            optional("objective", Kind::Text, "The id or text of the objective; without it, the only open one."),
            optional("amount", Kind::Whole(1, 1_000), "How much was done; 1 without it."),
        ],
        run: |turn, arguments| turn.advance_quest(arguments),
    },
    Tool {
        name: "move_party",
        description: "The party goes to a place next to this one.",
        parameters: &[needed("location", Kind::Text, "The name or id of an exit.")],
        run: |turn, arguments| turn.move_to(arguments),
    },
];

/// The tools with the JSON schemas of their arguments, as a model is told of them.
pub fn specs() -> Vec<ToolSpec> {
    TOOLS
        .iter()
        .map(|tool| {
            let properties: Map<String, Value> =
                tool.parameters.iter().map(|p| (p.name.to_owned(), p.schema())).collect();
            let required: Vec<_> = tool.parameters.iter().filter(|p| p.required).map(|p| p.name).collect();
            ToolSpec {
                name: tool.name.into(),
                description: tool.description.into(),
                parameters: json!({
                    "type": "object",
                    "properties": properties,
                    "required": required,
                    "additionalProperties": false,
                }),
            }
        })
        .collect()
}

impl Parameter {
    fn schema(&self) -> Value {
        match self.kind {
            Kind::Text => json!({ "type": "string", "description": self.description }),
            Kind::Whole(least, most) => {
                json!({ "type": "integer", "minimum": least, "maximum": most, "description": self.description })
            }
            Kind::OneOf(words) => json!({ "type": "string", "enum": words, "description": self.description }),
        }
    }
}
