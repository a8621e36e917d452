//! One entry of a manifest → [`Node`].

use super::fields::{Fields, strs_of};
use crate::manifest::{
    Checksum, ColumnInfo, Config, DependsOn, Docs, ExposureData, FunctionData, GenericTestData, Language,
    ModelData, Node, NodeKind, OperationData, Reads, RefArgs, ResourceType, SeedData, SourceData, SpecData,
    StrMap, UnitTestData,
};
use crate::value::{Map, Str, Value};

/// The node and the unique ids that it depends on.
pub fn node_of(mut fields: Fields) -> (Node, Vec<Str>) {
    let resource_type = ResourceType::parse(&fields.str("resource_type")).unwrap_or(ResourceType::Analysis);
    let mut depends_on = fields.fields("depends_on");
    let parents = depends_on.strs("nodes");
    let tags = fields.strs("tags");
    let alias = fields.opt_str("alias").or_else(|| fields.opt_str("identifier")).unwrap_or_default();
    let contract_checksum = fields.fields("contract").opt_str("checksum");
    let mut node = Node {
        unique_id: fields.str("unique_id"),
        name: fields.str("name"),
        resource_type,
        package: fields.str("package_name"),
        path: fields.str("path"),
        original_file_path: fields.str("original_file_path"),
        fqn: fields.strs("fqn"),
        raw_code: fields.opt_str("raw_code").or_else(|| fields.opt_str("raw_sql")).unwrap_or_default(),
        language: language_of(&fields.str("language")),
        checksum: checksum_of(&mut fields),
        database: fields.opt_str("database"),
        schema: fields.str("schema"),
        alias,
        relation_name: fields.opt_str("relation_name"),
        description: fields.str("description"),
        doc_blocks: fields.strs("doc_blocks"),
        columns: columns_of(fields.map("columns")),
        meta: fields.map("meta"),
        tags,
        group: fields.opt_str("group"),
        docs: docs_of(&fields.take("docs")),
        patch_path: fields.opt_str("patch_path"),
        config: Config { resource_type, values: fields.map("config") },
        unrendered_config: fields.map("unrendered_config"),
        config_call: Map::default(),
        unrendered_config_call: Map::default(),
        created_at: fields.float("created_at"),
        refs: refs_of(fields.list("refs")),
        sources: sources_of(fields.list("sources")),
        metrics: lists_of(fields.list("metrics")),
        functions: lists_of(fields.list("functions")),
        depends_on: DependsOn { nodes: vec![], macros: depends_on.strs("macros"), external: vec![] },
        reads: Reads::default(),
        span: None,
        kind: NodeKind::Analysis,
    };
    node.kind = kind_of(&node, fields, contract_checksum);
    (node, parents)
}

fn kind_of(node: &Node, mut fields: Fields, contract_checksum: Option<Str>) -> NodeKind {
    match node.resource_type {
        ResourceType::Model => NodeKind::Model(Box::new(ModelData {
            access: fields.opt_str("access").unwrap_or_else(|| "protected".into()),
            constraints: fields.maps("constraints"),
            version: fields.opt("version"),
            latest_version: fields.opt("latest_version"),
            deprecation_date: fields.opt_str("deprecation_date"),
            primary_key: fields.strs("primary_key"),
            time_spine: fields.opt_map("time_spine"),
            contract_checksum,
        })),
        ResourceType::Seed => NodeKind::Seed(SeedData { root_path: fields.opt_str("root_path") }),
        ResourceType::Snapshot => NodeKind::Snapshot,
        ResourceType::Analysis => NodeKind::Analysis,
        ResourceType::Test if fields.has("test_metadata") => {
            NodeKind::GenericTest(Box::new(generic_test_of(fields, node)))
        }
        ResourceType::Test => NodeKind::SingularTest,
        ResourceType::Operation => {
            let index = fields.take("index").as_i64().and_then(|index| usize::try_from(index).ok());
            let at_end = node.tags.iter().any(|tag| &**tag == "on-run-end");
            let hook = if at_end { "on-run-end" } else { "on-run-start" };
            NodeKind::Operation(OperationData { index: index.unwrap_or_default(), hook })
        }
        ResourceType::SqlOperation => NodeKind::SqlOperation,
        ResourceType::Source => NodeKind::Source(Box::new(source_of(fields))),
        ResourceType::Exposure => NodeKind::Exposure(Box::new(ExposureData {
            kind: fields.str("type"),
            owner: fields.map("owner"),
            label: fields.opt_str("label"),
            maturity: fields.opt_str("maturity"),
            url: fields.opt_str("url"),
        })),
        ResourceType::Metric => NodeKind::Metric(Box::new(SpecData { spec: fields.rest() })),
        ResourceType::SemanticModel => NodeKind::SemanticModel(Box::new(SpecData { spec: fields.rest() })),
        ResourceType::SavedQuery => NodeKind::SavedQuery(Box::new(SpecData { spec: fields.rest() })),
        ResourceType::UnitTest => NodeKind::UnitTest(Box::new(unit_test_of(fields, node))),
        ResourceType::Function => NodeKind::Function(Box::new(FunctionData {
            arguments: fields.list("arguments").into_iter().map(with_default).collect(),
            returns: fields.map("returns"),
        })),
    }
}

/// An argument of a function; manifests of older releases say nothing of defaults.
fn with_default(argument: Value) -> Value {
    match argument {
        Value::Map(mut argument) if argument.get("default_value").is_none() => {
            argument.insert("default_value".into(), Value::Null);
            Value::Map(argument)
        }
        other => other,
    }
}

fn generic_test_of(mut fields: Fields, node: &Node) -> GenericTestData {
    let mut metadata = fields.fields("test_metadata");
    GenericTestData {
        test_name: metadata.str("name"),
        namespace: metadata.opt_str("namespace"),
        kwargs: metadata.map("kwargs"),
        column_name: fields.opt_str("column_name"),
        file_key_name: fields.opt_str("file_key_name"),
        attached_node: fields.opt_str("attached_node"),
        description: node.description.clone(),
    }
}

fn source_of(mut fields: Fields) -> SourceData {
    SourceData {
        source_name: fields.str("source_name"),
        source_description: fields.str("source_description"),
        source_meta: fields.map("source_meta"),
        loader: fields.str("loader"),
        quoting: fields.map("quoting"),
        loaded_at_field: fields.opt_str("loaded_at_field"),
        loaded_at_query: fields.opt_str("loaded_at_query"),
        freshness: fields.opt_map("freshness"),
        external: fields.opt_map("external"),
        unrendered_database: fields.opt_str("unrendered_database"),
        unrendered_schema: fields.opt_str("unrendered_schema"),
    }
}

fn unit_test_of(mut fields: Fields, node: &Node) -> UnitTestData {
    UnitTestData {
        model: fields.str("model"),
        tested_node: None,
        given: fields.list("given"),
        expect: fields.map("expect"),
        overrides: fields.opt_map("overrides"),
        versions: fields.opt_map("versions"),
        version: fields.opt("version"),
        checksum: node.checksum.checksum.clone(),
    }
}

fn columns_of(columns: Map) -> StrMap<ColumnInfo> {
    columns
        .into_iter()
        .map(|(key, column)| {
            let mut fields = Fields::of(column);
            let info = ColumnInfo {
                name: fields.str("name"),
                description: fields.str("description"),
                doc_blocks: fields.strs("doc_blocks"),
                meta: fields.map("meta"),
                tags: fields.strs("tags"),
                data_type: fields.opt_str("data_type"),
                constraints: fields.maps("constraints"),
                quote: fields.take("quote").as_bool(),
                granularity: fields.opt_str("granularity"),
                config: fields.map("config"),
                extra: fields.rest(),
            };
            (key, info)
        })
        .collect()
}

fn refs_of(refs: Vec<Value>) -> Vec<RefArgs> {
    refs.into_iter()
        .map(|item| match item {
            // Before schema version 9 a ref was a list of its positional arguments.
            Value::List(parts) => {
                let mut parts = strs_of(parts);
                let name = parts.pop().unwrap_or_default();
                RefArgs { name, package: parts.pop(), version: None, span: None }
            }
            item => {
                let mut fields = Fields::of(item);
                let (name, package) = (fields.str("name"), fields.opt_str("package"));
                RefArgs { name, package, version: fields.opt("version"), span: None }
            }
        })
        .collect()
}

fn sources_of(sources: Vec<Value>) -> Vec<[Str; 2]> {
    lists_of(sources).into_iter().filter_map(|parts| parts.try_into().ok()).collect()
}

fn lists_of(lists: Vec<Value>) -> Vec<Vec<Str>> {
    lists
        .into_iter()
        .map(|list| if let Value::List(items) = list { strs_of(items) } else { vec![] })
        .collect()
}

/// Nodes have a name and a checksum; unit tests the checksum alone.
fn checksum_of(fields: &mut Fields) -> Checksum {
    match fields.take("checksum") {
        Value::Str(checksum) => Checksum { name: "sha256", checksum },
        value => {
            let mut fields = Fields::of(value);
            let name = match &*fields.str("name") {
                "sha256" => "sha256",
                "path" => "path",
                _ => "none",
            };
            Checksum { name, checksum: fields.str("checksum") }
        }
    }
}

fn language_of(word: &str) -> Language {
    match word {
        "python" => Language::Python,
        "javascript" => Language::Javascript,
        _ => Language::Sql,
    }
}

/// `{show, node_color}`.
pub fn docs_of(value: &Value) -> Docs {
    Docs::from_value(Some(value).filter(|value| !value.is_null()))
}
