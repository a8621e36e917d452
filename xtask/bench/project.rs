//! The project that is measured: layers of models with sources, macros and generic tests.
//!
//! A pure function of the number of models. Both rivals accept it.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

/// Folders of each layer.
const FOLDERS: usize = 50;
/// How far back a model's references reach.
const REACH: usize = 400;

/// What a project is made of.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Staging, intermediate and mart models with two tests each, in 50 folders a layer.
    Layers(usize),
    /// All models and tests in one folder, described by one YAML file.
    OneFolder(usize),
    /// Each model refers to the one before.
    Chain(usize),
    /// One model refers to all others.
    Hub(usize),
}

/// Writes the project into `folder`, which must not exist or is written over.
///
/// # Errors
/// What the file system answers.
pub fn write(shape: Shape, folder: &Path) -> io::Result<()> {
    let mut files = settings();
    match shape {
        Shape::Layers(models) => layers(models, &mut files),
        Shape::OneFolder(models) => one_folder(models, &mut files),
        Shape::Chain(models) => chain(models, &mut files),
        Shape::Hub(models) => hub(models, &mut files),
    }
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    Ok(())
}

type Files = Vec<(String, String)>;

/// The macro file that every model calls into.
pub const MACROS: &str = "macros/columns.sql";

fn settings() -> Files {
    let project = "name: bench
version: '1.0'
config-version: 2
profile: bench
vars:
  start_date: '2020-01-01'
models:
  bench:
    +materialized: view
    staging:
      +tags: [staging]
    marts:
      +materialized: table
      +tags: [marts]
";
    let profiles = "bench:
  target: dev
  outputs:
    dev:
      type: duckdb
      path: bench.duckdb
      threads: 2
";
    let macros = "{% macro segment_name(column) -%}
case
  when lower({{ column }}) = 'smb' or {{ column }} is null then 'SMB'
  when lower({{ column }}) like 'mid%' then 'Mid-Market'
  else {{ column }}
end
{%- endmacro %}

{% macro rounded(column, places=2) %}round({{ column }} / 100, {{ places }}){% endmacro %}

{% macro listed(names) -%}
  {%- for name in names %}{{ name }}{{ ', ' if not loop.last }}{% endfor -%}
{%- endmacro %}
";
    let raw = "{# Makes the tables that the sources name. #}
{% macro create_raw(tables) %}
  {% for number in range(tables) %}
    {% do run_query(\"create or replace table main.t\" ~ number ~ \" as select 1 as id, 'smb' as segment, 100 as amount, \"
      ~ \"timestamp '2021-01-01' as created_at\") %}
  {% endfor %}
{% endmacro %}
";
    [("dbt_project.yml", project), ("profiles.yml", profiles), (MACROS, macros), ("macros/raw.sql", raw)]
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .into()
}

/// How many source tables a project of so many models has.
pub fn tables(models: usize) -> usize {
    (models / 10).max(1)
}

fn layers(models: usize, files: &mut Files) {
    let mut names: Vec<String> = Vec::with_capacity(models);
    let mut described: Vec<(String, String)> = vec![];
    let mut chance = Chance(20_210_801);
    for number in 0..models {
        let (layer, prefix) = match number * 10 {
            place if place < models * 3 => ("staging", "stg"),
            place if place < models * 7 => ("intermediate", "int"),
            _ => ("marts", "mart"),
        };
        let name = format!("{prefix}_{number}");
        let folder = format!("models/{layer}/d{}", number % FOLDERS);
        let code = if names.len() < 3 || layer == "staging" {
            staging(number, number % tables(models))
        } else {
            let parents = [0; 3].map(|_| &*names[chance.below_last(names.len())]);
            joined(layer, parents)
        };
        files.push((format!("{folder}/{name}.sql"), code));
        let entry = entry(&name, &format!("Model {number} of the {layer} layer"));
        match described.iter_mut().find(|(known, _)| *known == folder) {
            Some((_, text)) => text.push_str(&entry),
            None => described.push((folder, format!("version: 2\nmodels:\n{entry}"))),
        }
        names.push(name);
    }
    files.extend(described.into_iter().map(|(folder, text)| (format!("{folder}/_models.yml"), text)));
    files.push(sources(tables(models)));
}

fn one_folder(models: usize, files: &mut Files) {
    let mut described = String::from("version: 2\nmodels:\n");
    for number in 0..models {
        let name = format!("stg_{number}");
        files.push((format!("models/{name}.sql"), staging(number, number % tables(models))));
        described.push_str(&entry(&name, &format!("Model {number}")));
    }
    files.push(("models/_models.yml".into(), described));
    files.push(sources(tables(models)));
}

fn chain(models: usize, files: &mut Files) {
    for number in 0..models {
        let code = match number.checked_sub(1) {
            Some(before) => format!("select * from {{{{ ref('link_{before}') }}}}\n"),
            None => "select 1 as id\n".into(),
        };
        files.push((format!("models/d{}/link_{number}.sql", number % FOLDERS), code));
    }
}

fn hub(models: usize, files: &mut Files) {
    let mut all = String::new();
    for number in 1..models {
        files.push((format!("models/d{}/leaf_{number}.sql", number % FOLDERS), "select 1 as id\n".into()));
        let union = if number > 1 { "union all\n" } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(all, "{union}select * from {{{{ ref('leaf_{number}') }}}}");
    }
    files.push(("models/hub.sql".into(), all));
}

fn staging(number: usize, table: usize) -> String {
    format!(
        "{{{{ config(tags=['wave_{}']) }}}}

with source as (

    select * from {{{{ source('raw', 't{table}') }}}}

), renamed as (

    select
      id                               as id_{number},
      {{{{ segment_name('segment') }}}} as segment,
      {{{{ rounded('amount') }}}}       as amount,
      created_at::date                 as created_date
    from source
    where created_at >= '{{{{ var(\"start_date\") }}}}'

)

select {{{{ listed(['id_{number}', 'segment', 'amount', 'created_date']) }}}} from renamed
",
        number % 7
    )
}

fn joined(layer: &str, parents: [&str; 3]) -> String {
    let materialized = if layer == "marts" { "table" } else { "view" };
    let [first, second, third] = parents;
    format!(
        "{{{{ config(materialized='{materialized}') }}}}
{{% set measures = ['amount', 'amount_usd', 'amount_eur'] %}}
with first as (
    select * from {{{{ ref('{first}') }}}}
), second as (
    select * from {{{{ ref('{second}') }}}}
), third as (
    select * from {{{{ ref('{third}') }}}}
), joined as (
    select
      first.segment,
      first.created_date,
      {{% for measure in measures -%}}
      sum(first.amount * {{{{ loop.index }}}}) as {{{{ measure }}}}{{{{ ',' if not loop.last }}}}
      {{% endfor %}}
    from first
    left join second on first.created_date = second.created_date
    left join third on first.created_date = third.created_date
    group by 1, 2
)
select {{{{ listed(['segment', 'created_date', 'amount']) }}}}
  {{%- if target.name == 'prod' %}}, current_timestamp as loaded_at{{% endif %}}
from joined
"
    )
}

/// A model's entry with its two tests.
fn entry(name: &str, description: &str) -> String {
    format!(
        "  - name: {name}
    description: '{description}'
    columns:
      - name: segment
        description: the cleaned segment
        tests:
          - not_null:
              config: {{tags: [daily]}}
          - accepted_values:
              arguments: {{values: ['SMB', 'Mid-Market', 'Large']}}
      - name: amount
        description: amount
"
    )
}

fn sources(tables: usize) -> (String, String) {
    let mut text = String::from("version: 2\nsources:\n  - name: raw\n    schema: main\n    tables:\n");
    for table in 0..tables {
        let _ = writeln!(text, "      - name: t{table}");
    }
    ("models/_sources.yml".into(), text)
}

/// A small generator of numbers, the same everywhere: splitmix64.
struct Chance(u64);

impl Chance {
    /// An index below `len`, among the last ones.
    fn below_last(&mut self, len: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let reach = len.min(REACH);
        let back = usize::try_from((mixed ^ (mixed >> 31)) % reach as u64).unwrap_or(0);
        len - 1 - back
    }
}
