{# Snapshot strategies: which rows count as changed. A strategy is a macro `snapshot_<name>_strategy` that gives a dict. #}

{# Finds the macro of `name` or `package.name`. #}
{% macro strategy_dispatch(name) %}
  {%- set package = none -%}
  {%- set strategy = name -%}
  {%- if '.' in name -%}
    {%- set package, strategy = name.split('.', 1) -%}
  {%- endif -%}
  {%- if package is not none and package not in context -%}
    {%- do exceptions.raise_compiler_error("Could not find package '" ~ package ~ "', called with '" ~ name ~ "'") -%}
  {%- endif -%}
  {%- set place = context if package is none else context[package] -%}
  {%- set macro_name = 'snapshot_' ~ strategy ~ '_strategy' -%}
  {%- if macro_name not in place -%}
    {%- do exceptions.raise_compiler_error("No snapshot strategy '" ~ strategy ~ "' in package '" ~ package ~ "'") -%}
  {%- endif -%}
  {%- do return(place[macro_name]) -%}
{% endmacro %}

{# One hash over several SQL expressions. #}
{% macro snapshot_hash_arguments(args) %}{{ return(adapter.dispatch('snapshot_hash_arguments', 'dbt')(args)) }}{% endmacro %}
{% macro default__snapshot_hash_arguments(args) -%}
  md5(
  {%- for arg in args -%}
    coalesce(cast({{ arg }} as varchar ), '') {{ "|| '|' || " if not loop.last }}
  {%- endfor -%}
  )
{%- endmacro %}

{# A time from the command line as an SQL literal. #}
{% macro snapshot_string_as_time(timestamp) %}{{ return(adapter.dispatch('snapshot_string_as_time', 'dbt')(timestamp)) }}{% endmacro %}
{% macro default__snapshot_string_as_time(timestamp) %}
  {%- do exceptions.raise_not_implemented('snapshot_string_as_time macro not implemented for adapter ' ~ adapter.type()) -%}
{% endmacro %}

{# Changed is what was updated after the snapshot's version began. The snapshot's own column is compared,
   for its rows may stem from another strategy and lack the user's. #}
{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {%- set unique_key = config.get('unique_key') -%}
  {%- set updated_at = config.get('updated_at') -%}
  {%- set hard_deletes = adapter.get_hard_deletes_behavior(config) -%}
  {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
  {%- do return({
    'unique_key': unique_key,
    'updated_at': updated_at,
    'row_changed': '(' ~ snapshotted_rel ~ '.' ~ names.dbt_valid_from ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')',
    'scd_id': snapshot_hash_arguments(api.Relation.scd_args(unique_key, updated_at)),
    'invalidate_hard_deletes': hard_deletes == 'invalidate',
    'hard_deletes': hard_deletes
  }) -%}
{% endmacro %}

{# Changed is what differs in a checked column, counting null as a value; and every row once a checked column is new. #}
{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {%- set unique_key = config.get('unique_key') -%}
  {%- set updated_at = config.get('updated_at') or snapshot_get_time() -%}
  {%- set hard_deletes = adapter.get_hard_deletes_behavior(config) -%}
  {%- set column_added, checked = snapshot_check_all_get_existing_columns(node, target_exists, config.get('check_cols')) -%}
  {%- set row_changed -%}
    (
    {%- if column_added -%}
      {{ get_true_sql() }}
    {%- else -%}
      {%- for column in checked -%}
        {%- set old = snapshotted_rel ~ '.' ~ column -%}
        {%- set new = current_rel ~ '.' ~ column -%}
        {{ old }} != {{ new }} or (
          (({{ old }} is null) and not ({{ new }} is null)) or ((not {{ old }} is null) and ({{ new }} is null))
        ){{ ' or ' if not loop.last }}
      {%- endfor -%}
    {%- endif -%}
    )
  {%- endset -%}
  {%- do return({
    'unique_key': unique_key,
    'updated_at': updated_at,
    'row_changed': row_changed,
    'scd_id': snapshot_hash_arguments(api.Relation.scd_args(unique_key, updated_at)),
    'invalidate_hard_deletes': hard_deletes == 'invalidate',
    'hard_deletes': hard_deletes
  }) -%}
{% endmacro %}

{# A pair: does the snapshot lack a checked column, and those that it has, quoted. `all` checks whatever the query gives. #}
{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) %}
  {%- if not target_exists -%}
    {%- do return((false, [])) -%}
  {%- endif -%}
  {%- set query = node['compiled_code'] -%}
  {%- if check_cols_config == 'all' -%}
    {%- set wanted = get_columns_in_query(query) -%}
  {%- elif check_cols_config is iterable and check_cols_config | length > 0 -%}
    {# Asked of the warehouse, which answers in its own spelling. The query may end in a comment, hence its own lines. #}
    {%- set narrowed -%}
      select {{ check_cols_config | join(', ') }} from (
        {{ query }}
      ) subq
    {%- endset -%}
    {%- set wanted = get_columns_in_query(narrowed) -%}
  {%- else -%}
    {%- do exceptions.raise_compiler_error("'check_cols' takes 'all' or a list of columns, not " ~ check_cols_config) -%}
  {%- endif -%}

  {%- set target = adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias) -%}
  {%- set present = adapter.get_columns_in_relation(target) | map(attribute='name') | list -%}
  {%- set shared = [] -%}
  {%- for name in wanted if name in present -%}
    {%- do shared.append(adapter.quote(name)) -%}
  {%- endfor -%}
  {%- do return((shared | length < wanted | length, shared)) -%}
{% endmacro %}
