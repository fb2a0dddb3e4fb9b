//! stand-in
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
/// x
pub enum Format {
    /// x
    Table,
    /// x
    Json,
    /// x
    Jsonl,
    /// x
    Csv,
    /// x
    Tsv,
}
impl Format {
    /// x
    pub const ALL: [Format; 5] =
        [Format::Table, Format::Json, Format::Jsonl, Format::Csv, Format::Tsv];
    /// x
    pub fn name(self) -> &'static str {
        ["table", "json", "jsonl", "csv", "tsv"][self as usize]
    }
}
impl std::str::FromStr for Format {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|f| f.name() == s).ok_or(())
    }
}
