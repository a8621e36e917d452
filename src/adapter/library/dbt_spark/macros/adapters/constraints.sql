{# Constraints of an enforced contract, added to Delta tables after they are made. #}

{% macro persist_constraints(relation, model) %}{{ return(adapter.dispatch('persist_constraints', 'dbt')(relation, model)) }}{% endmacro %}
{% macro spark__persist_constraints(relation, model) %}
  {%- if config.get('contract').enforced and config.get('file_format', 'delta') == 'delta' -%}
    {%- do alter_table_add_constraints(relation, model.constraints) -%}
    {%- do alter_column_set_constraints(relation, model.columns) -%}
  {%- endif -%}
{% endmacro %}

{# Of a whole table, checks alone. One without a name gets a hash for one. #}
{% macro alter_table_add_constraints(relation, constraints) %}{{ return(adapter.dispatch('alter_table_add_constraints', 'dbt')(relation, constraints)) }}{% endmacro %}
{% macro spark__alter_table_add_constraints(relation, constraints) %}
  {%- for constraint in constraints -%}
    {%- if constraint.type == 'check' and not is_incremental() -%}
      {%- set name = constraint.name or local_md5(';' ~ constraint.expression ~ ';' ~ loop.index) -%}
      {%- call statement() -%}
        alter table {{ relation }} add constraint {{ name }} check ({{ constraint.expression }});
      {%- endcall -%}
    {%- endif -%}
  {%- endfor -%}
{% endmacro %}

{# Of a column, not null alone. #}
{% macro alter_column_set_constraints(relation, column_dict) %}{{ return(adapter.dispatch('alter_column_set_constraints', 'dbt')(relation, column_dict)) }}{% endmacro %}
{% macro spark__alter_column_set_constraints(relation, column_dict) %}
  {%- for name, column in column_dict.items() -%}
    {%- for constraint in column['constraints'] -%}
      {%- if constraint.type != 'not_null' -%}
        {%- do exceptions.warn('Invalid constraint for column ' ~ name ~ '. Only `not_null` is supported.') -%}
      {%- else -%}
        {%- call statement() -%}
          alter table {{ relation }} change column {{ adapter.quote(name) if column['quote'] else name }} set not null {{ constraint.expression or '' }};
        {%- endcall -%}
      {%- endif -%}
    {%- endfor -%}
  {%- endfor -%}
{% endmacro %}
