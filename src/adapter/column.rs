//! dbt's `api.Column`: a column's name and type, with the questions that macros ask of it.

use super::dialect::Dialect;
use super::error::{AdapterError, Result};
use crate::value::{Map, Str, Value};

/// A column of a relation. What counts as a string or a number is the warehouse's affair.
#[derive(Clone)]
pub struct Column {
    pub dialect: &'static dyn Dialect,
    pub name: Str,
    pub dtype: Str,
    pub char_size: Option<i64>,
    pub numeric_precision: Option<i64>,
    pub numeric_scale: Option<i64>,
    /// The columns inside a struct.
    pub fields: Vec<Column>,
    /// BigQuery's `NULLABLE`, `REQUIRED` or `REPEATED`.
    pub mode: Option<Str>,
    /// What some warehouses tell beside the type (owner, statistics, comment), under dbt's names.
    pub extra: Map,
}

impl Column {
    /// A column whose type is taken as it stands; the fields of a struct type are parsed out.
    pub fn new(dialect: &'static dyn Dialect, name: impl Into<Str>, dtype: impl Into<Str>) -> Column {
        let (name, dtype) = (name.into(), dtype.into());
        let fields = dialect.struct_fields(&dtype);
        let fields = fields.into_iter().map(|(name, dtype)| Column::new(dialect, name, dtype)).collect();
        Column {
            dialect,
            name,
            dtype,
            char_size: None,
            numeric_precision: None,
            numeric_scale: None,
            fields,
            mode: None,
            extra: Map::default(),
        }
    }

    /// `Column.create`: the type goes through the warehouse's labels (`STRING` → `TEXT`).
    pub fn create(dialect: &'static dyn Dialect, name: impl Into<Str>, label: &str) -> Column {
        Column::new(dialect, name, Column::translate_type(dialect, label))
    }

    /// The warehouse's own name of a type label, or the label itself.
    pub fn translate_type(dialect: &'static dyn Dialect, label: &str) -> Str {
        let upper = label.to_uppercase();
        let found = dialect.type_labels().iter().find(|(from, _)| *from == upper);
        let own = found.map_or(label, |(_, to)| to);
        if dialect.lowers_names() { own.to_lowercase().into() } else { own.into() }
    }

    /// A column from a described type: `varchar(16)`, `numeric(10,2)`.
    ///
    /// Errors: no type before the parenthesis, or sizes that are not integers.
    pub fn from_description(dialect: &'static dyn Dialect, name: &str, raw: &str) -> Result<Column> {
        if let Some(column) = dialect.column_from_description(name, raw) {
            return Ok(column);
        }
        let uninterpretable = || AdapterError::runtime(format!("Could not interpret data type \"{raw}\""));
        let base = raw.split('(').next().filter(|base| !base.is_empty()).ok_or_else(uninterpretable)?;
        let mut column = Column::new(dialect, name, base);
        let sizes =
            raw[base.len()..].strip_prefix('(').and_then(|rest| rest.split_once(')')).map(|(sizes, _)| sizes);
        let Some(sizes) = sizes.filter(|sizes| !sizes.is_empty()) else { return Ok(column) };
        let parts: Vec<&str> = sizes.split(',').collect();
        let size = |text: &str| {
            text.trim().parse::<i64>().map_err(|_| {
                AdapterError::runtime(format!(
                    "Could not interpret data_type \"{raw}\": could not convert \"{text}\" to an integer"
                ))
            })
        };
        match parts.as_slice() {
            [only] => column.char_size = Some(size(only)?),
            [precision, scale] => {
                column.numeric_precision = Some(size(precision)?);
                column.numeric_scale = Some(size(scale)?);
            }
            _ => {}
        }
        Ok(column)
    }

    pub fn quoted(&self) -> String {
        self.dialect.quote(&self.name)
    }

    /// The type with its size, as DDL wants it.
    pub fn data_type(&self) -> String {
        self.dialect.data_type(self)
    }

    /// `data_type` with what the warehouse adds for DDL (Snowflake's collation).
    pub fn expanded_data_type(&self) -> String {
        match self.extra.get("collation").and_then(Value::as_str) {
            Some(collation) if self.is_string() => format!("{} collate '{collation}'", self.data_type()),
            _ => self.data_type(),
        }
    }

    pub fn is_string(&self) -> bool {
        self.is_one_of(self.dialect.string_types())
    }

    pub fn is_number(&self) -> bool {
        self.is_integer() || self.is_numeric() || self.is_float()
    }

    pub fn is_float(&self) -> bool {
        self.is_one_of(self.dialect.float_types())
    }

    pub fn is_integer(&self) -> bool {
        self.is_one_of(self.dialect.integer_types())
    }

    pub fn is_numeric(&self) -> bool {
        self.is_one_of(self.dialect.numeric_types())
    }

    pub fn is_struct(&self) -> bool {
        self.dtype.to_lowercase().starts_with("struct")
    }

    fn is_one_of(&self, types: &[&str]) -> bool {
        types.iter().any(|kind| self.dtype.eq_ignore_ascii_case(kind))
    }

    /// The size of a string column.
    ///
    /// Errors: the column is no string.
    pub fn string_size(&self) -> Result<i64> {
        if !self.is_string() {
            return Err(AdapterError::runtime("Called string_size() on non-string field!"));
        }
        match self.char_size {
            Some(size) if &*self.dtype != "text" => Ok(size),
            _ => Ok(self.dialect.default_string_size()),
        }
    }

    /// Whether this column may grow to hold what `other` holds.
    pub fn can_expand_to(&self, other: &Column) -> Result<bool> {
        if !self.is_string() || !other.is_string() {
            return Ok(false);
        }
        Ok(self.dialect.strings_expand_freely() || other.string_size()? > self.string_size()?)
    }

    /// A literal cast to the column's type.
    pub fn literal(&self, value: &str) -> String {
        self.dialect.literal(value, self)
    }

    /// The leaf columns of a struct, named with dots.
    pub fn flatten(&self) -> Vec<Column> {
        if self.fields.is_empty() {
            return vec![self.clone()];
        }
        let leaves = self.fields.iter().flat_map(Column::flatten);
        leaves.map(|leaf| Column { name: format!("{}.{}", self.name, leaf.name).into(), ..leaf }).collect()
    }
}

impl PartialEq for Column {
    fn eq(&self, other: &Column) -> bool {
        self.dialect.type_name() == other.dialect.type_name()
            && self.name == other.name
            && self.dtype == other.dtype
            && self.char_size == other.char_size
            && self.numeric_precision == other.numeric_precision
            && self.numeric_scale == other.numeric_scale
            && self.fields == other.fields
            && self.mode == other.mode
    }
}

impl std::fmt::Debug for Column {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "<Column {} ({})>", self.name, self.data_type())
    }
}
