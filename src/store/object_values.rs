//! Multi-valued attributes that queries look into.

use diesel::prelude::*;

use crate::model::ids::EntryUuid;

use super::rows::uuid_column;
use super::schema::object_values;
use super::{StoreError, Write};

/// Names of the attributes.
pub(super) const EVENT_CODE: &str = "eventCode";
pub(super) const CONFIDENTIALITY_CODE: &str = "confidentialityCode";
pub(super) const AUTHOR_PERSON: &str = "authorPerson";
pub(super) const REFERENCE_ID: &str = "referenceId";
pub(super) const FOLDER_CODE: &str = "code";

/// `LIKE … ESCAPE` with a character that XML cannot carry: patterns know `%` and `_` and no escape (ITI TF-2: 3.18.4.1.2.3.5).
pub(super) const NO_ESCAPE: char = '\u{1}';

/// Adds conditions on the values of an object to a boxed query of its table. Macros, because the column that the values
/// belong to is part of the query's type.
macro_rules! with_values {
    ($sql:expr, $table:ident, $attribute:expr, $groups:expr) => {{
        let mut sql = $sql;
        for group in $groups {
            let among = object_values::table
                .filter(object_values::entry_uuid.eq($table::entry_uuid))
                .filter(object_values::attribute.eq($attribute))
                .filter(object_values::value.eq_any(group.clone()));
            sql = sql.filter(exists(among));
        }
        sql
    }};
}

/// A condition that one value of the object is like a pattern.
macro_rules! has_value_like {
    ($table:ident, $attribute:expr, $pattern:expr) => {
        exists(
            object_values::table
                .filter(object_values::entry_uuid.eq($table::entry_uuid))
                .filter(object_values::attribute.eq($attribute))
                .filter(object_values::value.like($pattern).escape(NO_ESCAPE)),
        )
    };
}

pub(super) use {has_value_like, with_values};

impl Write {
    /// Adds the values of an object, each once.
    pub(super) fn insert_values(&mut self, owner: EntryUuid, mut values: Vec<(&'static str, String)>) -> Result<(), StoreError> {
        values.sort();
        values.dedup();
        let owner = uuid_column(owner);
        for (attribute, value) in values {
            let row = (object_values::entry_uuid.eq(&owner), object_values::attribute.eq(attribute), object_values::value.eq(value));
            diesel::insert_into(object_values::table).values(row).execute(self.connection())?;
        }
        Ok(())
    }

    /// Takes away the values of one attribute of an object.
    pub(super) fn remove_values(&mut self, owner: EntryUuid, attribute: &str) -> Result<(), StoreError> {
        let values = object_values::table.filter(object_values::entry_uuid.eq(uuid_column(owner)));
        diesel::delete(values.filter(object_values::attribute.eq(attribute))).execute(self.connection())?;
        Ok(())
    }
}
