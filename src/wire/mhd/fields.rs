//! Building resources: FHIR knows neither empty arrays nor empty strings, so what is empty is left out.

use serde_json::{Map, Value};

/// The fields of an element in the making.
#[derive(Debug, Default)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Those of a resource.
    pub(super) fn of_resource(resource_type: &str) -> Self {
        Self::default().with("resourceType", resource_type)
    }

    /// Adds a field unless its value is empty.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let is_empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        };
        if !is_empty {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    /// The element.
    pub(super) fn value(self) -> Value {
        Value::Object(self.0)
    }
}

impl From<Fields> for Value {
    fn from(fields: Fields) -> Self {
        fields.value()
    }
}
