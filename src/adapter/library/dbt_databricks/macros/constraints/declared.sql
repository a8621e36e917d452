{# Constraints that a model declares, in the contract or in the older form under `meta`, as ALTER statements. #}

{% macro persist_constraints(relation, model) %}{{ return(adapter.dispatch('persist_constraints', 'dbt')(relation, model)) }}{% endmacro %}
{% macro databricks__persist_constraints(relation, model) %}
  {%- if config.get('contract').enforced or config.get('persist_constraints', False) -%}
    {%- set format = adapter.resolve_file_format(config) -%}
    {%- if format != 'delta' -%}
      {%- do exceptions.warn('Constraints not supported for file format: ' ~ format) -%}
    {%- elif relation.is_view -%}
      {%- do exceptions.raise_compiler_error('Constraints not supported for views.') -%}
    {%- elif is_incremental() -%}
      {%- do exceptions.raise_compiler_error('An incremental update leaves constraints as they are; a full refresh applies changes to them.') -%}
    {%- else -%}
      {%- do alter_column_set_constraints(relation, model) -%}
      {%- do alter_table_add_constraints(relation, model) -%}
    {%- endif -%}
  {%- endif -%}
{% endmacro %}

{% macro alter_table_add_constraints(relation, constraints) %}{{ return(adapter.dispatch('alter_table_add_constraints', 'dbt')(relation, constraints)) }}{% endmacro %}
{% macro databricks__alter_table_add_constraints(relation, model) %}
  {%- for code in get_constraints_sql(relation, get_model_constraints(model), model) -%}
    {%- call statement() -%}
      {{ code }}
    {%- endcall -%}
  {%- endfor -%}
{% endmacro %}

{% macro alter_column_set_constraints(relation, column_dict) %}{{ return(adapter.dispatch('alter_column_set_constraints', 'dbt')(relation, column_dict)) }}{% endmacro %}
{% macro databricks__alter_column_set_constraints(relation, model) %}
  {%- for column in model.columns.values() -%}
    {%- for code in get_constraints_sql(relation, get_column_constraints(column), model, column) -%}
      {%- call statement() -%}
        {{ code }}
      {%- endcall -%}
    {%- endfor -%}
  {%- endfor -%}
{% endmacro %}

{% macro get_model_constraints(model) %}
  {%- set older = model.get('meta', {}).get('constraints') -%}
  {%- if config.get('persist_constraints', False) and older is sequence -%}
    {%- do return(databricks_constraints_to_dbt(older)) -%}
  {%- endif -%}
  {%- do return(model.get('constraints', [])) -%}
{% endmacro %}

{% macro get_column_constraints(column) %}
  {%- set older = column.get('meta', {}).get('constraint') -%}
  {%- if config.get('persist_constraints', False) and older -%}
    {%- do return(databricks_constraints_to_dbt([older], column)) -%}
  {%- endif -%}
  {%- do return(column.get('constraints', [])) -%}
{% endmacro %}

{# The older form: the word `not_null` on a column, a name with a condition on a model. #}
{% macro databricks_constraints_to_dbt(constraints, column) %}
  {%- set converted = [] -%}
  {%- for constraint in constraints -%}
    {%- if constraint is mapping and constraint.get('type') -%}
      {%- do converted.append(constraint) -%}
    {%- elif column and constraint == 'not_null' -%}
      {%- do converted.append({'type': 'not_null', 'columns': [column.get('name')]}) -%}
    {%- elif column -%}
      {%- do exceptions.raise_compiler_error('Invalid constraint for column ' ~ column.get('name', '') ~ '. Only `not_null` is supported.') -%}
    {%- elif not constraint['name'] -%}
      {%- do exceptions.raise_compiler_error('Invalid check constraint name') -%}
    {%- elif not constraint['condition'] -%}
      {%- do exceptions.raise_compiler_error('Invalid check constraint condition') -%}
    {%- else -%}
      {%- do converted.append({'name': constraint['name'], 'type': 'check', 'expression': constraint['condition']}) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- do return(converted) -%}
{% endmacro %}

{# Not-null first: keys need it. #}
{% macro get_constraints_sql(relation, constraints, model, column={}) %}
  {%- set first = constraints | selectattr('type', 'equalto', 'not_null') | list -%}
  {%- set rest = constraints | rejectattr('type', 'equalto', 'not_null') | list -%}
  {%- set statements = [] -%}
  {%- for constraint in first + rest if constraint -%}
    {%- do statements.extend(get_constraint_sql(relation, constraint, model, column)) -%}
  {%- endfor -%}
  {%- do return(statements) -%}
{% endmacro %}

{# One constraint's statements. A constraint without a name gets a hash of its parts for one, with a warning. #}
{% macro get_constraint_sql(relation, constraint, model, column={}) %}
  {%- set type = constraint.get('type', '') -%}
  {%- set expression = constraint.get('expression', '') -%}
  {%- set alter = 'alter table ' ~ relation.render() -%}
  {%- set columns = constraint.get('columns', []) or ([column['name']] if column else []) -%}
  {%- set nameless = not constraint.get('name') and type in ('check', 'primary_key', 'foreign_key', 'custom') -%}

  {%- if type == 'check' and not expression -%}
    {%- do exceptions.raise_compiler_error('Invalid check constraint expression') -%}
  {%- elif type == 'custom' and not expression -%}
    {%- do exceptions.raise_compiler_error('Missing custom constraint expression') -%}
  {%- elif type == 'foreign_key' and not expression and not constraint.get('to') -%}
    {%- do exceptions.raise_compiler_error('A foreign key names no parent table: ' ~ expression) -%}
  {%- endif -%}
  {%- if type in ('primary_key', 'foreign_key') and constraint.get('warn_unenforced') -%}
    {%- do exceptions.warn('unenforced constraint type: ' ~ type) -%}
  {%- endif -%}

  {%- set quoted = [] -%}
  {%- for name in columns if type in ('not_null', 'primary_key', 'foreign_key') -%}
    {%- set declared = model.get('columns', {}).get(name) -%}
    {%- if declared -%}
      {%- do quoted.append(adapter.quote(declared['name'])) -%}
    {%- elif type == 'not_null' -%}
      {%- do exceptions.warn('not_null constraint on invalid column: ' ~ name) -%}
    {%- elif type == 'primary_key' or not expression -%}
      {%- do exceptions.warn('Invalid ' ~ type | replace('_', ' ') ~ ' column: ' ~ name) -%}
    {%- endif -%}
  {%- endfor -%}

  {%- set name = constraint.get('name') -%}
  {%- if nameless -%}
    {%- do exceptions.warn('A ' ~ type ~ ' constraint on ' ~ relation.identifier ~ ' has no `name`; a hash is used') -%}
    {%- set hashed = {
      'check': [relation.identifier, column.get('name', ''), expression],
      'custom': [relation.identifier, expression],
      'primary_key': ['primary_key', relation.identifier, columns] + ([expression] if expression else []),
      'foreign_key': ['foreign_key', relation.identifier, columns] + ([expression] if expression else [constraint.get('to')] + ([constraint.get('to_columns')] if constraint.get('to_columns') else []))
    }[type] -%}
    {%- set name = local_md5(hashed | join(';') ~ ';') -%}
  {%- endif -%}

  {%- set statements = [] -%}
  {%- if type == 'not_null' -%}
    {%- for quoted_name in quoted -%}
      {%- do statements.append(alter ~ ' change column ' ~ quoted_name ~ ' set not null ' ~ (constraint.expression or '') ~ ';') -%}
    {%- endfor -%}
  {%- elif type == 'check' -%}
    {%- do statements.append(alter ~ ' add constraint ' ~ name ~ ' check (' ~ expression ~ ');') -%}
  {%- elif type == 'primary_key' -%}
    {%- do statements.append(alter ~ ' add constraint ' ~ name ~ ' primary key(' ~ quoted | join(', ') ~ ')' ~ (' ' ~ expression if expression else '') ~ ';') -%}
  {%- elif type == 'foreign_key' and expression -%}
    {%- do statements.append(alter ~ ' add constraint ' ~ name ~ ' foreign key' ~ expression ~ ';') -%}
  {%- elif type == 'foreign_key' -%}
    {# A bare parent lies in the table's own schema. #}
    {%- set parent = constraint.get('to') -%}
    {%- if '.' not in parent -%}
      {%- set parent = api.Relation.create(database=relation.database, schema=relation.schema, identifier=parent, type='table').render() -%}
    {%- endif -%}
    {%- set parent_columns = [] -%}
    {%- for parent_column in constraint.get('to_columns') or [] -%}{%- do parent_columns.append(adapter.quote(parent_column)) -%}{%- endfor -%}
    {%- set target_columns = '(' ~ parent_columns | join(', ') ~ ')' if parent_columns else '' -%}
    {%- do statements.append(alter ~ ' add constraint ' ~ name ~ ' foreign key(' ~ quoted | join(', ') ~ ') references ' ~ parent ~ target_columns ~ ';') -%}
  {%- elif type == 'custom' -%}
    {%- do statements.append(alter ~ ' add constraint ' ~ name ~ ' ' ~ expression ~ ';') -%}
  {%- elif constraint.get('warn_unsupported') -%}
    {%- do exceptions.warn('unsupported constraint type: ' ~ type) -%}
  {%- endif -%}
  {%- do return(statements) -%}
{% endmacro %}
