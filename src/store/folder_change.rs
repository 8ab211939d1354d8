//! When a folder changed, as far as its reader sees it (ITI TF-3: 4.2.3.4.6; access rules, 5, *no leak*).

use std::sync::Arc;

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::BigInt;

use crate::model::dsp::{Sight, Visibility};

use super::entry_search::Backend;
use super::record_view::{RecordView, Sql};

/// When a folder of a statement, or what its reader sees of its membership, changed last: microseconds since 1970. A document that
/// the reader does not see changes nothing for them when it joins.
#[derive(Debug, Clone)]
pub(super) struct ChangeInSight(Arc<Sight>);

impl ChangeInSight {
    /// What a view leaves to be seen; nothing where that is all, for which the column of the table holds.
    pub(super) fn of(view: &RecordView) -> Option<Self> {
        match view.visibility() {
            Visibility::Everything => None,
            Visibility::Limited(sight) => Some(Self(Arc::clone(sight))),
        }
    }
}

impl Expression for ChangeInSight {
    type SqlType = BigInt;
}
impl<QS: ?Sized> AppearsOnTable<QS> for ChangeInSight {}
impl<QS: ?Sized> SelectableExpression<QS> for ChangeInSight {}
impl ValidGrouping<()> for ChangeInSight {
    type IsAggregate = is_aggregate::No;
}
impl QueryId for ChangeInSight {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Backend> for ChangeInSight {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        Sql { sight: &self.0 }.last_change(out, "folders")
    }
}
