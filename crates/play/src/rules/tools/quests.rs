//! Taking on, advancing and completing quests.

use serde_json::json;
use skald_kernel::EntityId;

use super::{Happening, Outcome, Tried, Turn, ambiguous, arguments::Arguments, quoted};
use crate::rules::{
    effects::Effect,
    names::{self, Found},
    state::{QuestState, QuestStatus},
    world::Quest,
};

impl Turn<'_> {
    pub(super) fn start_quest(&self, arguments: &Arguments) -> Tried {
        let written = arguments.needed("quest")?;
        let taken = |id: EntityId| self.state.quest(id).is_some();
        let offered = || self.world.quests.iter().filter(|q| q.offered && !taken(q.id));
        let quest = match names::find(&written, offered(), |q| Some(q.id.to_string()), |q| q.title.clone()) {
            Found::One(quest) => quest,
            Found::Several(several) => return Err(ambiguous(&written, several)),
            Found::None => {
                let same = |q: &&QuestState| q.quest_id.to_string() == written || names::same(&q.title, &written);
                if let Some(quest) = self.state.quests.iter().find(same) {
                    return Err(format!("The party already took on {}.", quoted(&quest.title)));
                }
                let on_offer = names::choices(offered().map(|q| q.title.clone()), "nothing");
                return Err(format!("No quest called {} is on offer. On offer is {on_offer}.", quoted(&written)));
            }
        };
        let objectives = quest.objectives_set();
        let answer = json!({ "ok": true, "quest": quest.title, "objectives": objectives });
        let effect = Effect::QuestStarted { quest_id: quest.id, title: quest.title.clone(), objectives };
        Ok(Outcome { answer, happened: vec![Happening::Effect(effect)] })
    }

    pub(super) fn advance_quest(&self, arguments: &Arguments) -> Tried {
        let written = arguments.needed("quest")?;
        let active = || self.state.quests.iter().filter(|q| q.status == QuestStatus::Active);
        let quest = match names::find(&written, active(), |q| Some(q.quest_id.to_string()), |q| q.title.clone()) {
            Found::One(quest) => quest,
            Found::Several(several) => return Err(ambiguous(&written, several)),
            Found::None => {
                let known = names::choices(active().map(|q| q.title.clone()), "none");
                return Err(format!("No quest called {} is active. Active is {known}.", quoted(&written)));
            }
        };
        let amount = arguments.integer("amount")?.unwrap_or(1);
        if amount < 1 {
            return Err("The amount has to be at least 1.".into());
        }
        let canon = self.world.quests.iter().find(|q| q.id == quest.quest_id);
        let open = || quest.objectives.iter().filter(|o| o.open());
        let open_texts = || names::choices(open().map(|o| format!("{} ({})", o.id, o.text)), "nothing");
        let objective = match arguments.text("objective")? {
            Some(step) => {
                match names::find(&step, &quest.objectives, |o| Some(o.id.to_lowercase()), |o| o.text.clone()) {
                    Found::One(objective) if objective.open() => objective,
                    Found::One(objective) => {
                        return Err(format!("{} is already done. Open is {}.", quoted(&objective.text), open_texts()));
                    }
                    Found::Several(several) => return Err(ambiguous(&step, several)),
                    Found::None => {
                        return Err(format!(
                            "{} is no objective of this quest. Open is {}.",
                            quoted(&step),
                            open_texts()
                        ));
                    }
                }
            }
            None => {
                let mut all = open();
                match (all.next(), all.next()) {
                    (Some(only), None) => only,
                    _ => return Err(format!("Say which objective: {}.", open_texts())),
                }
            }
        };
        let at = canon.and_then(|q| q.objectives.iter().find(|o| o.id == objective.id)?.at);
        if let (Some(at), Some(place)) = (at, &self.world.place)
            && place.id != at
            && !place.within.contains(&at)
        {
            return Err(format!(
                "{} is not done at {}: the party has to go there first.",
                quoted(&objective.text),
                place.name
            ));
        }
        let amount = u32::try_from(amount).unwrap_or(u32::MAX);
        let progress = objective.progress.saturating_add(amount).min(objective.target);
        let (quest_id, objective_id) = (quest.quest_id, objective.id.clone());
        let mut happened = vec![Happening::Effect(Effect::QuestAdvanced { quest_id, objective_id, progress })];
        let completed = progress == objective.target && open().all(|o| o.id == objective.id);
        if completed {
            happened.push(Happening::Effect(Effect::QuestCompleted { quest_id }));
            happened.extend(canon.into_iter().flat_map(|q| self.rewards(q)).map(Happening::Effect));
        }
        let answer = json!({
            "ok": true, "objective": objective.text, "progress": progress, "target": objective.target, "completed": completed,
        });
        Ok(Outcome { answer, happened })
    }

    /// Experience for everybody, gold and items for who acts.
    fn rewards(&self, quest: &Quest) -> Vec<Effect> {
        let amount = quest.rewards.experience;
        let everybody = self.state.party.iter().filter(|_| amount > 0);
        let mut rewards: Vec<Effect> =
            everybody.map(|m| Effect::ExperienceGained { character_id: m.character_id, amount }).collect();
        let Some(receiver) = self.receiver() else { return rewards };
        let gain = |item_id, name: &str, quantity, usable| Effect::ItemGained {
            character_id: receiver.character_id,
            item_id,
            name: name.to_owned(),
            quantity,
            usable,
            found_at: None,
        };
        if quest.rewards.gold > 0 {
            rewards.push(gain(None, "Gold", quest.rewards.gold, false));
        }
        for id in &quest.rewards.items {
            if let Some(item) = self.world.catalogue.iter().find(|i| i.id == *id) {
                rewards.push(gain(Some(item.id), &item.name, 1, item.usage.known()));
            }
        }
        rewards
    }
}
