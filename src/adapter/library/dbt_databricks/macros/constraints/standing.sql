{# Constraints of a table that stands: reading them, and bringing them in line with the model's. Unity Catalog alone. #}

{% macro fetch_non_null_constraint_columns(relation) %}
  {%- if relation.is_hive_metastore() -%}
    {%- do exceptions.raise_compiler_error('Incremental application of constraints is not supported for Hive Metastore') -%}
  {%- endif -%}
  {%- call statement('list_non_null_constraint_columns', fetch_result=True) -%}
    {{ fetch_non_null_constraint_columns_sql(relation) }}
  {%- endcall -%}
  {%- do return(load_result('list_non_null_constraint_columns').table) -%}
{% endmacro %}

{% macro fetch_non_null_constraint_columns_sql(relation) -%}
  SELECT column_name
  FROM `{{ relation.database | lower }}`.`information_schema`.`columns`
  WHERE table_catalog = '{{ relation.database | lower }}'
    AND table_schema = '{{ relation.schema | lower }}'
    AND table_name = '{{ relation.identifier | lower }}'
    AND is_nullable = 'NO';
{%- endmacro %}

{% macro fetch_primary_key_constraints(relation) %}
  {%- if relation.is_hive_metastore() -%}
    {%- do exceptions.raise_compiler_error('Incremental application of constraints is not supported for Hive Metastore') -%}
  {%- endif -%}
  {%- call statement('list_primary_key_constraints', fetch_result=True) -%}
    {{ fetch_primary_key_constraints_sql(relation) }}
  {%- endcall -%}
  {%- do return(load_result('list_primary_key_constraints').table) -%}
{% endmacro %}

{% macro fetch_primary_key_constraints_sql(relation) %}
  {%- set schema = '`' ~ relation.database | lower ~ '`.information_schema' -%}
  {%- set of_table -%}
    table_catalog = '{{ relation.database | lower }}' AND table_schema = '{{ relation.schema | lower }}' AND table_name = '{{ relation.identifier | lower }}'
  {%- endset -%}
  SELECT constraint_name, column_name
  FROM {{ schema }}.key_column_usage
  WHERE {{ of_table }}
    AND constraint_name = (
      SELECT constraint_name FROM {{ schema }}.table_constraints WHERE {{ of_table }} AND constraint_type = 'PRIMARY KEY'
    )
  ORDER BY ordinal_position;
{%- endmacro %}

{% macro fetch_foreign_key_constraints(relation) %}
  {%- if relation.is_hive_metastore() -%}
    {%- do exceptions.raise_compiler_error('Incremental application of constraints is not supported for Hive Metastore') -%}
  {%- endif -%}
  {%- call statement('list_foreign_key_constraints', fetch_result=True) -%}
    {{ fetch_foreign_key_constraints_sql(relation) }}
  {%- endcall -%}
  {%- do return(load_result('list_foreign_key_constraints').table) -%}
{% endmacro %}

{# Names of constraints are unique within a schema alone, so catalog and schema take part in the joins. #}
{% macro fetch_foreign_key_constraints_sql(relation) %}
  {%- set schema = '`' ~ relation.database | lower ~ '`.information_schema' -%}
  SELECT
    child.constraint_name,
    child.column_name AS from_column,
    parent.table_catalog AS to_catalog,
    parent.table_schema AS to_schema,
    parent.table_name AS to_table,
    parent.column_name AS to_column
  FROM {{ schema }}.key_column_usage AS child
  JOIN {{ schema }}.referential_constraints AS link
    ON child.constraint_catalog = link.constraint_catalog
    AND child.constraint_schema = link.constraint_schema
    AND child.constraint_name = link.constraint_name
  JOIN {{ schema }}.key_column_usage AS parent
    ON link.unique_constraint_catalog = parent.constraint_catalog
    AND link.unique_constraint_schema = parent.constraint_schema
    AND link.unique_constraint_name = parent.constraint_name
    AND child.ordinal_position = parent.ordinal_position
  WHERE child.table_catalog = '{{ relation.database | lower }}'
    AND child.table_schema = '{{ relation.schema | lower }}'
    AND child.table_name = '{{ relation.identifier | lower }}'
    AND child.constraint_name IN (
      SELECT constraint_name
      FROM {{ schema }}.table_constraints
      WHERE table_catalog = '{{ relation.database | lower }}'
        AND table_schema = '{{ relation.schema | lower }}'
        AND table_name = '{{ relation.identifier | lower }}'
        AND constraint_type = 'FOREIGN KEY'
    )
  ORDER BY child.ordinal_position;
{%- endmacro %}

{# Old ones leave, columns change between null and not null, new ones come: keys need columns that are not null. Differences are
   sets, so they are sorted; every run then sends the same statements in the same order. #}
{% macro apply_constraints(relation, constraints) %}
  {%- do log('Applying constraints to relation ' ~ constraints) -%}
  {%- if constraints and relation.is_hive_metastore() -%}
    {%- do exceptions.raise_compiler_error('Constraints are only supported for Unity Catalog') -%}
  {%- endif -%}
  {%- set statements = [] -%}
  {%- for constraint in (constraints.unset_constraints or []) | sort(attribute='name') -%}
    {%- do statements.append(alter_unset_constraint(relation, constraint)) -%}
  {%- endfor -%}
  {%- for column in (constraints.unset_non_nulls or []) | sort -%}
    {%- do statements.append(alter_unset_non_null_constraint(relation, column)) -%}
  {%- endfor -%}
  {%- for column in (constraints.set_non_nulls or []) | sort -%}
    {%- do statements.append(alter_set_non_null_constraint(relation, column)) -%}
  {%- endfor -%}
  {%- set added = [] -%}
  {%- for constraint in constraints.set_constraints or [] -%}
    {%- do added.append(alter_set_constraint(relation, constraint)) -%}
  {%- endfor -%}
  {%- do execute_multiple_statements(statements + (added | sort)) -%}
{% endmacro %}

{% macro alter_set_non_null_constraint(relation, column) -%}
  ALTER {{ relation.type.render() }} {{ relation.render() }} ALTER COLUMN {{ adapter.quote(column) }} SET NOT NULL;
{%- endmacro %}

{% macro alter_unset_non_null_constraint(relation, column) -%}
  ALTER {{ relation.type.render() }} {{ relation.render() }} ALTER COLUMN {{ adapter.quote(column) }} DROP NOT NULL;
{%- endmacro %}

{% macro alter_set_constraint(relation, constraint) -%}
  ALTER {{ relation.type.render() }} {{ relation.render() }} ADD {{ constraint.render() }};
{%- endmacro %}

{# Other kinds refuse to cascade. #}
{% macro alter_unset_constraint(relation, constraint) -%}
  ALTER {{ relation.type.render() }} {{ relation.render() }} DROP CONSTRAINT {{ constraint.name ~ ' CASCADE' if constraint.type == 'primary_key' else 'IF EXISTS ' ~ constraint.name }};
{%- endmacro %}
