//! One patient's record as far as its reader sees it. Every statement that finds objects of a record takes a
//! [`RecordView`], so that none can forget whose record it is and what is hidden in it (access rules, 5, *no leak*).

use std::sync::Arc;

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, Text};

use crate::model::association::AssociationType;
use crate::model::dsp::{Sight, Visibility};
use crate::model::hl7_types::PatientId;

use super::document_facts::{ACTIVE, author_columns};
use super::entry_search::Backend;

/// One patient's record as far as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordView {
    patient_id: PatientId,
    visibility: Visibility,
}

impl RecordView {
    /// What `visibility` leaves of the record.
    pub fn new(patient_id: PatientId, visibility: Visibility) -> Self {
        Self { patient_id, visibility }
    }

    /// The whole record, for what the registry does on its own account.
    pub fn whole(patient_id: &PatientId) -> Self {
        Self::new(patient_id.clone(), Visibility::Everything)
    }

    /// Whose record it is.
    pub fn patient_id(&self) -> &PatientId {
        &self.patient_id
    }

    /// How much of it is seen.
    pub fn visibility(&self) -> &Visibility {
        &self.visibility
    }

    /// Whether some of it may be hidden.
    pub fn is_limited(&self) -> bool {
        self.visibility != Visibility::Everything
    }

    /// The condition that objects of this table are in sight; none where everything is.
    pub(super) fn condition(&self, table: Table) -> Option<InSight> {
        match &self.visibility {
            Visibility::Everything => None,
            Visibility::Limited(sight) => Some(InSight { table, sight: Arc::clone(sight) }),
        }
    }
}

/// The tables whose rows may be hidden.
#[derive(Debug, Clone, Copy)]
pub(super) enum Table {
    Entries,
    SubmissionSets,
    Folders,
    Associations,
}

/// That a row of a statement on one of the tables is in sight. Rows of other patients never are.
#[derive(Debug, Clone)]
pub(super) struct InSight {
    table: Table,
    sight: Arc<Sight>,
}

impl Expression for InSight {
    type SqlType = Bool;
}
impl<QS: ?Sized> AppearsOnTable<QS> for InSight {}
impl<QS: ?Sized> SelectableExpression<QS> for InSight {}
impl ValidGrouping<()> for InSight {
    type IsAggregate = is_aggregate::No;
}
impl QueryId for InSight {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Backend> for InSight {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        // As many statements as there are lists of types.
        out.unsafe_to_cache_prepared();
        let sql = Sql { sight: &self.sight };
        match self.table {
            Table::Entries => sql.entry(out, "document_entries"),
            Table::SubmissionSets => sql.submission_set(out, "submission_sets"),
            Table::Folders => sql.folder(out, "folders"),
            Table::Associations => sql.association(out, "associations", true),
        }
    }
}

/// Writes the conditions, and what else depends on what is in sight. Names of inner tables are made from that of the outer one, so that no two are alike.
pub(super) struct Sql<'b> {
    pub(super) sight: &'b Sight,
}

impl<'b> Sql<'b> {
    /// That mandates or authorship show the document.
    fn entry(&self, mut out: AstPass<'_, 'b, Backend>, row: &str) -> QueryResult<()> {
        out.push_sql("(");
        if !self.sight.deactivated {
            out.push_sql(&format!("{row}.activation = '{ACTIVE}' AND "));
        }
        out.push_sql("(");
        let mut or = "";
        for (levels, types) in &self.sight.opened {
            out.push_sql(&format!("{or}{row}.document_type IN ("));
            let mut comma = "";
            for document_type in types {
                out.push_sql(comma);
                out.push_bind_param::<Text, str>(document_type.as_str())?;
                comma = ", ";
            }
            let codes: Vec<_> = levels.iter().map(|level| format!("'{}'", level.code())).collect();
            out.push_sql(&format!(") AND {row}.level IN ({})", codes.join(", ")));
            or = " OR ";
        }
        if let Some(author) = &self.sight.own {
            let (kind, id) = author_columns(author);
            out.push_sql(&format!("{or}{row}.author_kind = '{kind}' AND {row}.author_id = "));
            out.push_bind_param::<Text, str>(id)?;
            or = " OR ";
        }
        // Of nothing, nothing is true.
        out.push_sql(if or.is_empty() { "1 = 0))" } else { "))" });
        Ok(())
    }

    /// That the document is of the same record as the row it hangs on, and in sight.
    fn entry_of(&self, mut out: AstPass<'_, 'b, Backend>, row: &str, of: &str) -> QueryResult<()> {
        out.push_sql(&format!("({row}.patient_id = {of}.patient_id AND "));
        self.entry(out.reborrow(), row)?;
        out.push_sql(")");
        Ok(())
    }

    /// A submission set shows with a document of its own; one that hides nothing shows to whoever has a mandate.
    fn submission_set(&self, mut out: AstPass<'_, 'b, Backend>, row: &str) -> QueryResult<()> {
        out.push_sql("(");
        self.has_member_in_sight(out.reborrow(), row)?;
        if self.sight.mandated() {
            let (link, hidden) = (format!("{row}_brought"), format!("{row}_hidden"));
            out.push_sql(&format!(
                " OR NOT EXISTS (SELECT 1 FROM associations {link} JOIN document_entries {hidden} \
                 ON {hidden}.entry_uuid IN ({link}.source, {link}.target) \
                 WHERE {link}.submission_set = {row}.entry_uuid AND NOT "
            ));
            self.entry_of(out.reborrow(), &hidden, row)?;
            out.push_sql(")");
        }
        out.push_sql(")");
        Ok(())
    }

    /// A folder shows with a document in it; an empty one to whoever has a mandate.
    fn folder(&self, mut out: AstPass<'_, 'b, Backend>, row: &str) -> QueryResult<()> {
        out.push_sql("(");
        self.has_member_in_sight(out.reborrow(), row)?;
        if self.sight.mandated() {
            out.push_sql(" OR NOT EXISTS (");
            members(&mut out, row, "1");
            out.push_sql(")");
        }
        out.push_sql(")");
        Ok(())
    }

    fn has_member_in_sight(&self, mut out: AstPass<'_, 'b, Backend>, row: &str) -> QueryResult<()> {
        out.push_sql("EXISTS (");
        self.members_in_sight(out.reborrow(), row, "1")?;
        out.push_sql(")");
        Ok(())
    }

    /// When the folder came, or the latest of its members in sight joined it.
    pub(super) fn last_change(&self, mut out: AstPass<'_, 'b, Backend>, row: &str) -> QueryResult<()> {
        out.push_sql(&format!("(SELECT max(changed_at) FROM (SELECT {row}.registered_at AS changed_at UNION ALL "));
        self.members_in_sight(out.reborrow(), row, &format!("{row}_membership.registered_at"))?;
        out.push_sql(&format!(") {row}_changes)"));
        Ok(())
    }

    fn members_in_sight(&self, mut out: AstPass<'_, 'b, Backend>, row: &str, selected: &str) -> QueryResult<()> {
        members(&mut out, row, selected);
        out.push_sql(" AND ");
        self.entry_of(out, &format!("{row}_member"), row)
    }

    /// An association shows where nothing at its ends is hidden; one of them may be another association.
    fn association(&self, mut out: AstPass<'_, 'b, Backend>, row: &str, may_link_another: bool) -> QueryResult<()> {
        let hidden_end = |out: &mut AstPass<'_, 'b, Backend>, table: &str, end: &str| {
            out.push_sql(&format!(
                "NOT EXISTS (SELECT 1 FROM {table} {end} WHERE {end}.entry_uuid IN ({row}.source, {row}.target) AND NOT "
            ));
        };
        let (entry, folder, set) = (format!("{row}_entry"), format!("{row}_folder"), format!("{row}_set"));
        out.push_sql("(");
        hidden_end(&mut out, "document_entries", &entry);
        self.entry_of(out.reborrow(), &entry, row)?;
        out.push_sql(") AND ");
        hidden_end(&mut out, "folders", &folder);
        self.folder(out.reborrow(), &folder)?;
        out.push_sql(") AND ");
        hidden_end(&mut out, "submission_sets", &set);
        self.submission_set(out.reborrow(), &set)?;
        out.push_sql(")");
        if may_link_another {
            let link = format!("{row}_link");
            out.push_sql(" AND ");
            hidden_end(&mut out, "associations", &link);
            // Memberships of memberships are one level deep.
            self.association(out.reborrow(), &link, false)?;
            out.push_sql(")");
        }
        out.push_sql(")");
        Ok(())
    }
}

/// The members of a submission set or folder that are documents, open at the end for one more condition.
fn members(out: &mut AstPass<'_, '_, Backend>, row: &str, selected: &str) {
    let (link, member, has_member) = (format!("{row}_membership"), format!("{row}_member"), AssociationType::HasMember.urn());
    out.push_sql(&format!(
        "SELECT {selected} FROM associations {link} JOIN document_entries {member} ON {member}.entry_uuid = {link}.target \
         WHERE {link}.patient_id = {row}.patient_id AND {link}.source = {row}.entry_uuid AND {link}.association_type = '{has_member}'"
    ));
}

/// Adds the condition of a view to a boxed statement on one of the tables. A macro, because each has a type of its own.
macro_rules! in_sight {
    ($sql:expr, $view:expr, $table:expr) => {{
        let sql = $sql;
        match $view.condition($table) {
            Some(condition) => sql.filter(condition),
            None => sql,
        }
    }};
}

pub(super) use in_sight;
