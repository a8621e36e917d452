{# MERGE, with everything that DuckDB's has: several clauses, conditions, columns by name or position, RETURNING. #}

{% macro duckdb__get_incremental_merge_sql(args_dict) %}
  {%- do return(duckdb__get_merge_sql(
    args_dict['target_relation'],
    args_dict['temp_relation'],
    args_dict['unique_key'],
    args_dict['dest_columns'],
    normalize_incremental_predicates(args_dict.get('incremental_predicates'))
  )) -%}
{% endmacro %}

{# USING columns, or ON the unique key. #}
{% macro duckdb__merge_join_clause(unique_key, merge_on_using_columns, incremental_predicates) %}
  {%- set filters = incremental_predicates or [] -%}
  {%- if merge_on_using_columns -%}
    USING ({{ merge_on_using_columns | join(', ') }})
    {{- ' ON (' ~ filters | join(') AND (') ~ ')' if filters }}
  {%- else -%}
    {%- set keys = [] -%}
    {%- if unique_key is sequence and unique_key is not mapping and unique_key is not string -%}
      {%- do keys.extend(unique_key) -%}
    {%- elif unique_key -%}
      {%- do keys.append(unique_key) -%}
    {%- endif -%}
    {%- set matches = [] if unique_key else ['FALSE'] -%}
    {%- for key in keys -%}
      {%- do matches.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
    {%- endfor -%}
    ON ({{ (matches + filters) | join(') AND (') }})
  {%- endif -%}
{% endmacro %}

{# `merge_clauses` in the config writes the clauses out; without it the simpler settings make one UPDATE and one INSERT. #}
{% macro duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {%- do validate_merge_config(config, target) -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set returning = config.get('merge_returning_columns', []) -%}
  {%- set update_columns = config.get('merge_update_columns', []) -%}
  {%- set exclude_columns = config.get('merge_exclude_columns', []) -%}
  {%- set expressions = config.get('merge_update_set_expressions', {}) -%}
  {%- set usual = merge_clause_defaults(
    config.get('merge_update_condition', none), config.get('merge_insert_condition', none), update_columns, exclude_columns, expressions
  ) -%}
  {%- set selective = update_columns | length + exclude_columns | length + expressions | length > 0 -%}
  {%- set clauses = config.get('merge_clauses', {}) -%}
  {%- set matched = clauses.get('when_matched', [usual.when_matched_update_explicit if selective else usual.when_matched_update_by_name]) -%}
  {%- set unmatched = clauses.get('when_not_matched', [usual.when_not_matched_insert_by_name]) -%}

  {{ header if header is not none }}
  MERGE INTO {{ target }} AS DBT_INTERNAL_DEST
  USING {{ source }} AS DBT_INTERNAL_SOURCE
  {{ duckdb__merge_join_clause(unique_key, config.get('merge_on_using_columns', []), incremental_predicates) }}
  {%- for clause in matched + unmatched %}
    {%- set is_match = loop.index <= matched | length -%}
    {%- set condition = clause.get('condition') -%}
    {%- set action = clause.get('action') -%}
    {%- set mode = clause.get('mode') %}
  WHEN {{ 'MATCHED' if is_match else 'NOT MATCHED' }}
    {{- ' BY ' ~ clause.get('by') | upper if clause.get('by') and not is_match }}
    {%- if condition %} AND {{ condition if condition is string else '(' ~ condition | join(') AND (') ~ ')' }}{% endif %} THEN
    {% if action == 'update' and is_match -%}
      {%- if mode in ('by_name', 'by_position', 'star') -%}
        UPDATE {{ {'by_name': 'BY NAME', 'by_position': 'BY POSITION', 'star': 'SET *'}[mode] }}
      {%- elif mode == 'explicit' -%}
        {%- set chosen = clause.get('update', {}) -%}
        {%- set own_expressions = chosen.get('set_expressions', {}) -%}
        {%- set assignments = [] -%}
        {%- for column, expression in own_expressions.items() -%}
          {%- do assignments.append(column ~ ' = ' ~ expression) -%}
        {%- endfor -%}
        {%- for column in get_merge_update_columns(chosen.get('include', []), chosen.get('exclude', []), dest_columns) if column.replace('"', '').replace("'", '') not in own_expressions -%}
          {%- do assignments.append(column ~ ' = DBT_INTERNAL_SOURCE.' ~ column) -%}
        {%- endfor -%}
        UPDATE SET {{ assignments | join(', ') }}
      {%- endif -%}
    {%- elif action == 'update' -%}
      UPDATE SET {% for column, expression in clause.get('set_expressions', {}).items() %}{{ column }} = {{ expression }}{{ ', ' if not loop.last }}{% endfor %}
    {%- elif action == 'insert' and not is_match -%}
      {%- if mode in ('by_name', 'by_position', 'star') -%}
        INSERT {{ {'by_name': 'BY NAME', 'by_position': 'BY POSITION', 'star': '*'}[mode] }}
      {%- elif mode == 'explicit' -%}
        {%- set chosen = clause.get('insert', {}) -%}
        INSERT ({{ chosen.get('columns', []) | join(', ') }}) VALUES ({{ chosen.get('values', []) | join(', ') }})
      {%- endif -%}
    {%- elif action == 'delete' -%}
      DELETE
    {%- elif action == 'do_nothing' -%}
      DO NOTHING
    {%- elif action == 'error' -%}
      ERROR {{ "'" ~ clause.get('error_message') | replace("'", "''") ~ "'" if clause.get('error_message') }}
    {%- endif -%}
  {%- endfor %}
  {{ 'RETURNING ' ~ (returning if returning is string else returning | join(', ')) if returning }}
{% endmacro %}

{# The clauses that the simpler settings stand for. #}
{% macro merge_clause_defaults(
    merge_update_condition, merge_insert_condition, merge_update_columns=[], merge_exclude_columns=[], merge_update_set_expressions={}
) %}
  {%- set columns = {'include': merge_update_columns, 'exclude': merge_exclude_columns, 'set_expressions': merge_update_set_expressions} -%}
  {%- do return({
    'when_matched_update_by_name': {'action': 'update', 'condition': merge_update_condition, 'mode': 'by_name'},
    'when_matched_update_explicit': {'action': 'update', 'condition': merge_update_condition, 'mode': 'explicit', 'update': columns},
    'when_not_matched_insert_by_name': {'action': 'insert', 'condition': merge_insert_condition, 'mode': 'by_name'}
  }) -%}
{% endmacro %}
