{# Columns of tables. #}

{% macro snowflake__get_columns_in_relation(relation) %}
  {%- set most = 10000 -%}
  {%- set rows = run_query('describe table ' ~ relation.render()) -%}
  {%- if rows | length >= most -%}
    {%- do exceptions.raise_compiler_error('Too many columns in relation ' ~ relation.render() ~ ': at most ' ~ (most - 1) ~ ' can be read') -%}
  {%- endif -%}
  {%- set columns = [] -%}
  {%- for row in rows -%}{%- do columns.append(api.Column.from_description(row['name'], row['type'])) -%}{%- endfor -%}
  {%- do return(columns) -%}
{% endmacro %}

{% macro snowflake__alter_column_type(relation, column_name, new_column_type) %}
  {%- call statement('alter_column_type') -%}
    alter {{ relation.get_ddl_prefix_for_alter() }} table {{ relation.render() }} alter {{ adapter.quote(column_name) }} set data type {{ new_column_type }};
  {%- endcall -%}
{% endmacro %}

{# Iceberg tables take no varchar with a length; STRING holds them all. #}
{% macro snowflake__get_column_data_type_for_alter(relation, column) %}
  {%- set type = column.data_type | upper -%}
  {%- if relation.is_iceberg_format and column.is_string() and (type.startswith('VARCHAR') or type.startswith('CHARACTER VARYING')) -%}
    STRING
  {%- else -%}
    {{ column.data_type }}
  {%- endif -%}
{% endmacro %}

{# Interactive tables are altered as plain ones, and can gain columns but not lose them. #}
{% macro snowflake__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {%- set kind = 'table' if relation.is_interactive_table else ('dynamic table' if relation.is_dynamic_table else relation.type) -%}
  {%- set alter = 'alter ' ~ relation.get_ddl_prefix_for_alter() ~ ' ' ~ kind ~ ' ' ~ relation.render() -%}
  {%- if relation.is_interactive_table and remove_columns -%}
    {%- do exceptions.raise_compiler_error('Columns cannot be removed from an interactive table: `' ~ relation ~ '`.') -%}
  {%- endif -%}
  {%- set added = [] -%}
  {%- for column in add_columns or [] -%}
    {%- do added.append(adapter.quote(column.name) ~ ' ' ~ snowflake__get_column_data_type_for_alter(relation, column) | trim) -%}
  {%- endfor -%}
  {%- set removed = [] -%}
  {%- for column in remove_columns or [] -%}{%- do removed.append(adapter.quote(column.name)) -%}{%- endfor -%}
  {%- if added -%}{%- do run_query(alter ~ ' add column ' ~ added | join(', ')) -%}{%- endif -%}
  {%- if removed -%}{%- do run_query(alter ~ ' drop column ' ~ removed | join(', ')) -%}{%- endif -%}
{% endmacro %}

{# A difference in collation is no change of type, and a new type keeps the collation that stands. #}
{% macro snowflake__diff_column_data_types(source_columns, target_columns) %}
  {%- set changed = [] -%}
  {%- for new in source_columns -%}
    {%- set old = target_columns | selectattr('name', 'equalto', new.name) | first -%}
    {%- if old and new.data_type != old.data_type and not new.can_expand_to(other_column=old) -%}
      {%- set collation = " collate '" ~ old.collation ~ "'" if old.collation is defined and old.collation else '' -%}
      {%- do changed.append({'column_name': old.name, 'new_type': new.data_type ~ collation}) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- do return(changed) -%}
{% endmacro %}
