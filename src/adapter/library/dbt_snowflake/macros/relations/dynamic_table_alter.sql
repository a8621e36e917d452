{# Changing a dynamic or interactive table that stands. Each change is a statement of its own, so semicolons lie between. #}

{% macro snowflake__get_alter_dynamic_table_as_sql(existing_relation, configuration_changes, target_relation, sql) %}
  {%- do log('Applying ALTER to: ' ~ existing_relation) -%}
  {%- if configuration_changes.requires_full_refresh -%}
    {%- do return(get_replace_sql(existing_relation, target_relation, sql)) -%}
  {%- endif -%}
  {%- set alter = 'alter dynamic table ' ~ existing_relation -%}
  {%- set statements = [] -%}
  {%- set settings = snowflake__get_target_lag_warehouse_alter_sql(
    'dynamic',
    existing_relation,
    configuration_changes.target_lag,
    configuration_changes.snowflake_warehouse,
    configuration_changes.snowflake_initialization_warehouse,
    configuration_changes.scheduler
  ) | trim -%}
  {%- if settings -%}{%- do statements.append(settings) -%}{%- endif -%}

  {%- set immutable = configuration_changes.immutable_where -%}
  {%- if immutable and immutable.context -%}
    {%- do log('Applying UPDATE IMMUTABLE WHERE to: ' ~ existing_relation) -%}
    {%- do statements.append(alter ~ ' set immutable where (' ~ immutable.context ~ ')') -%}
  {%- elif immutable -%}
    {%- do statements.append(alter ~ ' unset immutable where') -%}
  {%- endif -%}

  {%- set cluster_by = configuration_changes.cluster_by -%}
  {%- if cluster_by and cluster_by.context -%}
    {%- do log('Applying UPDATE CLUSTER BY to: ' ~ existing_relation) -%}
    {%- do statements.append(alter ~ ' cluster by (' ~ cluster_by.context ~ ')') -%}
  {%- elif cluster_by -%}
    {%- do log('Applying DROP CLUSTERING KEY to: ' ~ existing_relation) -%}
    {%- do statements.append(alter ~ ' drop clustering key') -%}
  {%- endif -%}
  {{ statements | join(';\n') }}
{%- endmacro %}

{# Whether the macro below writes anything. #}
{% macro snowflake__target_lag_warehouse_alter_active(target_lag, warehouse, init_warehouse, scheduler=none) %}
  {%- do return(target_lag or warehouse or init_warehouse or scheduler) -%}
{% endmacro %}

{# Lag, warehouses and scheduler in one SET; an initialization warehouse that the config has lost needs an UNSET. #}
{% macro snowflake__get_target_lag_warehouse_alter_sql(table_kind, existing_relation, target_lag, warehouse, init_warehouse, scheduler=none) %}
  {%- set alter = 'alter ' ~ table_kind ~ ' table ' ~ existing_relation -%}
  {%- set settings = [] -%}
  {%- if target_lag -%}
    {%- do log('Applying UPDATE TARGET_LAG to: ' ~ existing_relation) -%}
    {%- do settings.append("target_lag = '" ~ target_lag.context ~ "'" if target_lag.context else '') -%}
  {%- endif -%}
  {%- if warehouse -%}
    {%- do log('Applying UPDATE WAREHOUSE to: ' ~ existing_relation) -%}
    {%- do settings.append('warehouse = ' ~ warehouse.context if warehouse.context else '') -%}
  {%- endif -%}
  {%- if init_warehouse and init_warehouse.context -%}
    {%- do log('Applying UPDATE INITIALIZATION_WAREHOUSE to: ' ~ existing_relation) -%}
    {%- do settings.append('initialization_warehouse = ' ~ init_warehouse.context) -%}
  {%- endif -%}
  {%- if scheduler -%}
    {%- do log('Applying UPDATE SCHEDULER to: ' ~ existing_relation) -%}
    {%- do settings.append("scheduler = '" ~ scheduler.context ~ "'") -%}
  {%- endif -%}
  {{ alter ~ ' set ' ~ settings | join(' ') if settings }}
  {%- if init_warehouse and not init_warehouse.context -%}
    {{ ';' if settings }}
    {{ alter }} unset initialization_warehouse
  {%- endif -%}
{% endmacro %}
