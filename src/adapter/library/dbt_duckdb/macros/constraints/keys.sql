{# Which key constraints a model's table has or is going to have. They decide how it can be replaced. #}

{# Those of the enforced contract. #}
{% macro enforced_constraint_types() %}
  {%- set types = [] -%}
  {%- if config.get('contract').enforced -%}
    {%- do types.extend(model.get('constraints', []) | map(attribute='type')) -%}
    {%- for column in model.get('columns', {}).values() -%}
      {%- do types.extend(column.get('constraints', []) | map(attribute='type')) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- do return(types) -%}
{% endmacro %}

{# Those that stand in the database. #}
{% macro existing_constraint_types(relation) %}
  {%- do return(adapter.existing_key_constraint_types(relation) if relation is not none and relation.is_table else []) -%}
{% endmacro %}

{# A table with foreign keys must be made under its final name: the table it points at remembers the first name
   (duckdb/duckdb#24648) and, after a rename, could never be dropped. #}
{% macro has_foreign_key_constraints(relation=none) %}
  {%- if not adapter.catalog_supports_foreign_keys(this.database) -%}
    {%- do return(false) -%}
  {%- endif -%}
  {%- do return('foreign_key' in enforced_constraint_types() + existing_constraint_types(relation)) -%}
{% endmacro %}

{# Only unique columns can be pointed at. The old table counts too: its keys may be pointed at though the contract has dropped them. #}
{% macro may_be_foreign_key_target(relation=none) %}
  {%- if not adapter.catalog_supports_foreign_keys(this.database) -%}
    {%- do return(false) -%}
  {%- endif -%}
  {%- set types = enforced_constraint_types() + existing_constraint_types(relation) -%}
  {%- do return('primary_key' in types or 'unique' in types) -%}
{% endmacro %}
