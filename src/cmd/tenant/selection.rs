//! Which kinds are read and compared.

use clap::Args;
use clap::builder::TypedValueParser;

use crate::base::error::Error;
use crate::cmd::options::one_of;
use crate::resource::snapshot::Entry;
use crate::resource::snapshot::table;

/// The kinds that the command line names.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Selection")]
pub(super) struct Selection {
    /// Only these kinds
    #[arg(long, value_name = "K,…", value_delimiter = ',', hide_possible_values = true, value_parser = kinds())]
    kinds: Vec<&'static str>,

    /// All but these kinds
    #[arg(long, value_name = "K,…", value_delimiter = ',', hide_possible_values = true, value_parser = kinds())]
    exclude: Vec<&'static str>,
}

fn kinds() -> impl TypedValueParser<Value = &'static str> {
    one_of(table::all().map(|entry| entry.name), |name| table::find(name).map(|entry| entry.name))
}

impl Selection {
    /// Whether `--kinds` was given.
    fn is_explicit(&self) -> bool {
        !self.kinds.is_empty()
    }

    /// Whether the kind is selected. Without `--kinds`, `default` decides.
    pub(super) fn has(&self, entry: &Entry, default: impl FnOnce(&Entry) -> bool) -> bool {
        let named =
            if self.is_explicit() { self.kinds.contains(&entry.name) } else { default(entry) };
        named && !self.exclude.contains(&entry.name)
    }

    /// The selected kinds, in the order of the table.
    ///
    /// # Errors
    /// Usage, if none is left.
    pub(super) fn entries(
        &self,
        default: impl Fn(&Entry) -> bool,
    ) -> Result<Vec<&'static Entry>, Error> {
        let entries: Vec<_> = table::all().filter(|entry| self.has(entry, &default)).collect();
        if entries.is_empty() {
            return Err(Error::usage("no kind is selected")
                .hint("name kinds with --kinds, and fewer with --exclude"));
        }
        Ok(entries)
    }
}
