//! One entry of the activity history in words.

use crate::model::activity::Activity;
use crate::model::audit_actor::{Actor, ActorName};
use crate::model::civil_day::time_of;

use super::Language;

/// An entry as people read it: when, who (name, function, establishment), what, by which mandate, with what outcome
/// (access rules, 8). No text holds a control character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityWords {
    /// Time in Luxembourg.
    pub when: String,
    /// Name, or what they are where they have none.
    pub who: String,
    /// Profession.
    pub function: Option<String>,
    /// Organisation.
    pub establishment: Option<String>,
    /// The legal representative who had the account in their hands.
    pub representative: Option<String>,
    /// What was done.
    pub what: &'static str,
    /// On what it rested, such as the mandate.
    pub ground: Option<&'static str>,
    /// Nothing where it succeeded.
    pub failure: Option<&'static str>,
    /// Why a record administrator opened the record.
    pub reason: Option<String>,
    /// Titles of documents, or their ids.
    pub documents: Vec<String>,
}

impl ActivityWords {
    /// An entry in a language.
    pub fn of(activity: &Activity, language: Language) -> Self {
        let actor = activity.actor.as_ref();
        let known = |text: Option<&String>| text.map(|text| plain(text));
        let organisation = actor.and_then(|actor| actor.organisation.as_ref());
        Self {
            when: time_of(activity.occurred_at),
            who: actor.map_or_else(|| language.somebody().to_owned(), |actor| who(actor, language)),
            function: known(actor.and_then(|actor| actor.function.as_ref())),
            establishment: known(organisation.map(|organisation| organisation.name.as_ref().unwrap_or(&organisation.id))),
            representative: actor.and_then(|actor| actor.representative.as_ref()).and_then(|by| name(&by.name)),
            what: language.action(activity.action),
            ground: activity.ground.map(|ground| language.ground(ground)),
            failure: language.failure(activity.outcome),
            reason: known(activity.access_reason.as_ref()),
            documents: activity.documents.iter().map(|it| plain(it.title.as_deref().unwrap_or(it.unique_id.as_str()))).collect(),
        }
    }

    /// Name, function, establishment and representative with commas between.
    pub fn whole_actor(&self, language: Language) -> String {
        let represented = self.representative.as_ref().map(|name| format!("{} {name}", language.represented_by()));
        let parts = [Some(self.who.clone()), self.function.clone(), self.establishment.clone(), represented];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// What was done, and on what it rested in parentheses.
    pub fn whole_act(&self) -> String {
        self.ground.map_or_else(|| self.what.to_owned(), |ground| format!("{} ({ground})", self.what))
    }
}

fn who(actor: &Actor, language: Language) -> String {
    name(&actor.name).unwrap_or_else(|| language.quality(actor.quality).to_owned())
}

fn name(name: &ActorName) -> Option<String> {
    let parts: Vec<_> = [&name.given, &name.family].into_iter().flatten().map(|part| plain(part)).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// What others wrote, without anything that a terminal or a printer would take for an order.
fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}
