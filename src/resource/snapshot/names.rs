//! The names that stand in place of IDs.

use std::collections::HashMap;

use serde_json::Value;

/// IDs and names of the kinds that others refer to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(HashMap<String, HashMap<String, Name>>);

#[derive(Clone, Debug)]
enum Name {
    Unique(String),
    /// Several resources have it, so it identifies none of them.
    Shared,
}

impl Names {
    /// Learns the names of a kind's rows.
    pub(crate) fn learn(&mut self, kind: &str, id_field: &str, name_field: &str, rows: &[Value]) {
        let text = |row: &Value, field: &str| Some(row.get(field)?.as_str()?.to_owned());
        let mut counts: HashMap<String, u32> = HashMap::new();
        for name in rows.iter().filter_map(|row| text(row, name_field)) {
            *counts.entry(name).or_default() += 1;
        }
        let names = self.0.entry(kind.to_owned()).or_default();
        for row in rows {
            if let (Some(id), Some(name)) = (text(row, id_field), text(row, name_field)) {
                let unique = counts.get(&name).is_some_and(|count| *count == 1);
                names.insert(id, if unique { Name::Unique(name) } else { Name::Shared });
            }
        }
    }

    /// The name of a kind's resource; `None` if it is unknown or not unique.
    pub(crate) fn of(&self, kind: &str, id: &str) -> Option<&str> {
        match self.0.get(kind)?.get(id)? {
            Name::Unique(name) => Some(name),
            Name::Shared => None,
        }
    }
}
