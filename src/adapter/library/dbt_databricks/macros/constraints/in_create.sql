{# Constraints within a CREATE TABLE, and those added right after it. #}

{# A pair: columns with types and comments, and the constraints; the latter only under an enforced contract. #}
{% macro parse_model_columns_and_constraints(existing_columns) %}
  {%- set contract = config.get('contract') -%}
  {%- set enforced = contract and contract.enforced -%}
  {%- set declared = model.get('constraints', []) if enforced else [] -%}
  {%- do return(adapter.parse_columns_and_constraints(existing_columns, model.get('columns', []), declared, enforced, model.name)) -%}
{% endmacro %}

{% macro get_model_key_constraints() %}
  {%- do return(parse_model_columns_and_constraints([])[1] | selectattr('type', 'in', ['primary_key', 'foreign_key']) | list) -%}
{% endmacro %}

{% macro get_column_and_constraints_sql(relation, columns) %}
  {%- set items = [] -%}
  {%- for column in columns -%}{%- do items.append(column.render_for_create()) -%}{%- endfor -%}
  {%- if relation.create_constraints -%}{%- do items.append(relation.render_constraints_for_create()) -%}{%- endif -%}
  ( {{ items | join(', ') }} )
{%- endmacro %}

{% macro apply_alter_constraints(relation) %}
  {%- for constraint in relation.alter_constraints -%}
    {%- call statement('add constraint') -%}
      ALTER TABLE {{ relation.render() }} ADD {{ constraint.render() }}
    {%- endcall -%}
  {%- endfor -%}
{% endmacro %}

{# A table built under its staging name has keys named after that: they get the names that later runs look for. Foreign keys
   leave before primary keys and come back after them. One that pointed at its own table has gone with the old one. #}
{% macro rename_staged_key_constraints(staging_relation) %}
  {%- set keys = get_model_key_constraints() -%}
  {%- set final = this.incorporate(type='table') -%}
  {%- set staged_keys = staging_relation.enrich(keys).create_constraints -%}
  {%- set final_keys = final.enrich(keys).create_constraints -%}
  {%- for kind in ('foreign_key', 'primary_key') -%}
    {%- for constraint in staged_keys if constraint.type == kind -%}
      {%- call statement('drop staged constraint') -%}
        ALTER TABLE {{ final.render() }} DROP CONSTRAINT IF EXISTS {{ constraint.name }}
      {%- endcall -%}
    {%- endfor -%}
  {%- endfor -%}
  {%- for kind in ('primary_key', 'foreign_key') -%}
    {%- for constraint in final_keys if constraint.type == kind -%}
      {%- call statement('add constraint') -%}
        ALTER TABLE {{ final.render() }} ADD {{ constraint.render() }}
      {%- endcall -%}
    {%- endfor -%}
  {%- endfor -%}
{% endmacro %}
