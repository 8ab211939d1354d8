//! Flags that say as whom somebody acts, for tokens and assertions.

use std::path::PathBuf;

use clap::Args;

use crate::demo::persona;
use crate::server::TokenWish;

/// What belongs to the person of `--as`.
#[derive(Args, Clone, Default)]
pub struct ActAs {
    /// The establishment for which they act: its id or its OID [default in a demo: where they work]
    #[arg(long, value_name = "ID", requires = "person")]
    pub organisation: Option<String>,
    /// patient, representant-legal, administrateur-dossier, cns, etablissement or admin [default: as the person's id says]
    #[arg(long, value_name = "QUALITY", requires = "person")]
    pub quality: Option<String>,
    /// The legal representative who acts in the account of the person, a child
    #[arg(long, value_name = "PATIENT", requires = "person")]
    pub representative: Option<String>,
    /// Why a record administrator opens a record
    #[arg(long, value_name = "TEXT", requires = "person")]
    pub reason: Option<String>,
    /// The data folder of a demo [default: ./dossier-data, if it is one]
    #[arg(long, value_name = "DIR", requires = "person")]
    pub demo: Option<PathBuf>,
}

impl ActAs {
    /// What is wished about a person as the settings of any server know them.
    pub(super) fn wish(&self, person: &str, client: &str) -> TokenWish {
        TokenWish {
            person: person.to_owned(),
            organisation: self.organisation.clone(),
            quality: self.quality.clone(),
            representative: self.representative.clone(),
            access_reason: self.reason.clone(),
            client: client.to_owned(),
            ..TokenWish::default()
        }
    }

    /// The same in a demo, where people have short names, and are by default where they work.
    pub(super) fn wish_in_demo(&self, person: &str, client: &str) -> TokenWish {
        let wish = self.wish(person, client);
        let Some(known) = persona(person) else { return wish };
        let representative = wish.representative.map(|name| persona(&name).map_or(name, |known| known.person));
        TokenWish { person: known.person, organisation: wish.organisation.or(known.establishment), representative, ..wish }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_knows_people_by_short_names_and_where_they_work() {
        let act = ActAs { representative: Some("P04".to_owned()), ..ActAs::default() };
        let wish = act.wish_in_demo("P05", "test");
        assert_eq!((wish.person.as_str(), wish.representative.as_deref()), ("2019093098526", Some("1991050998408")));
        let wish = |organisation: Option<&str>| {
            let act = ActAs { organisation: organisation.map(str::to_owned), ..ActAs::default() };
            act.wish_in_demo("I01", "test").organisation
        };
        assert_eq!((wish(None).as_deref(), wish(Some("E2")).as_deref()), (Some("E1"), Some("E2")));
        assert_eq!(ActAs::default().wish("P05", "test").person, "P05");
    }
}
