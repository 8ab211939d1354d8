//! What makes content on demand.

use std::io;

use crate::access::{Failure, ReadableRecord};
use crate::model::code::Code;
use crate::model::document_entry::DocumentEntry;
use crate::model::ids::UniqueId;
use crate::model::timestamp::Dtm;

/// Makes the content of on-demand entries of one kind. A new kind of document is a new implementation, added where the
/// server is put together.
pub trait Assembler: Send + Sync {
    /// The name by which the settings choose it.
    fn name(&self) -> &'static str;

    /// Whether it is made for this very entry, by its `formatCode` or `typeCode` say. Such a one goes before the one
    /// that the settings name.
    fn is_for(&self, entry: &DocumentEntry) -> bool;

    /// The MIME type of what it makes, whatever the entry promised.
    fn mime_type(&self) -> &'static str;

    /// Takes what the content consists of from the record of the entry's patient, as far as the caller sees it.
    ///
    /// # Errors
    /// Those of reading the record.
    fn draft(&self, record: &mut ReadableRecord<'_>, entry: &DocumentEntry) -> Result<Draft, Failure>;
}

/// Content that needs only its stamp.
pub struct Draft {
    /// The privacy labels of what went into it. A snapshot that is kept has them too, so that nobody reads there what they
    /// may not read where it comes from.
    pub confidentiality_codes: Vec<Code>,
    /// Writes the content; the same stamp gives the same bytes.
    pub write: WriteDraft,
}

/// Writes content into memory.
pub type WriteDraft = Box<dyn Fn(&Stamp<'_>) -> io::Result<Vec<u8>> + Send>;

/// What one document made on demand has for itself.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// Its id.
    pub unique_id: &'a UniqueId,
    /// When it was made, in UTC, to the second.
    pub at: &'a Dtm,
}

/// How this server answers for on-demand entries of its own repository.
#[derive(Default)]
pub struct OnDemand {
    /// All that can make content; the first that is for an entry makes its.
    pub assemblers: Vec<Box<dyn Assembler>>,
    /// The name of the one that makes what none of them is for; nothing if such entries cannot be retrieved.
    pub fallback: Option<&'static str>,
    /// Whether what was given is kept as a snapshot: the Persistence of Retrieved Documents Option (ITI TF-1: 10.2.8).
    pub persist: bool,
}

impl OnDemand {
    /// Who makes the content of this entry.
    pub(in crate::transactions) fn assembler(&self, entry: &DocumentEntry) -> Option<&dyn Assembler> {
        let made_for = self.assemblers.iter().find(|assembler| assembler.is_for(entry));
        let named = || self.assemblers.iter().find(|assembler| Some(assembler.name()) == self.fallback);
        made_for.or_else(named).map(AsRef::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::test_registry::submission;

    /// Makes nothing; is for entries of one format.
    struct Of(&'static str, &'static str);

    impl Assembler for Of {
        fn name(&self) -> &'static str {
            self.0
        }

        fn is_for(&self, entry: &DocumentEntry) -> bool {
            entry.format_code.code == self.1
        }

        fn mime_type(&self) -> &'static str {
            "text/plain"
        }

        fn draft(&self, _: &mut ReadableRecord<'_>, _: &DocumentEntry) -> Result<Draft, Failure> {
            Ok(Draft { confidentiality_codes: Vec::new(), write: Box::new(|_| Ok(Vec::new())) })
        }
    }

    #[test]
    fn an_assembler_made_for_an_entry_goes_before_the_named_one() {
        let mut entry = submission("P1^^^&1.2.3&ISO".parse().unwrap(), "2.999.1").entries.remove(0);
        let assemblers: Vec<Box<dyn Assembler>> = vec![Box::new(Of("general", "")), Box::new(Of("special", "special format"))];
        let mut on_demand = OnDemand { assemblers, fallback: Some("general"), persist: false };
        assert_eq!(on_demand.assembler(&entry).map(Assembler::name), Some("general"));
        entry.format_code.code = "special format".to_owned();
        assert_eq!(on_demand.assembler(&entry).map(Assembler::name), Some("special"));
        entry.format_code.code = "another format".to_owned();
        on_demand.fallback = None;
        assert_eq!(on_demand.assembler(&entry).map(Assembler::name), None);
    }
}
