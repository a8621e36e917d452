{# Data tests. Failing rows are counted, and kept in a table or view of their own when asked for. #}

{% materialization test, default %}
  {%- set header = config.get('sql_header') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS else none -%}
  {%- set limited = get_limit_subquery_sql(sql, config.get('limit')) -%}
  {%- set kept = [] -%}

  {%- if should_store_failures() -%}
    {%- set kind = config.get('store_failures_as') or 'table' -%}
    {%- if kind not in ('table', 'view') -%}
      {%- do exceptions.raise_compiler_error("'" ~ kind ~ "' is not a valid value for `store_failures_as`. Accepted values are: ['ephemeral', 'table', 'view']") -%}
    {%- endif -%}
    {%- set target = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type=kind) -%}
    {# Should the query fail, the last run's rows come back. #}
    {%- if adapter.ensure_transaction is defined -%}{%- do adapter.ensure_transaction() -%}{%- endif -%}
    {%- do drop_relation_if_exists(adapter.get_relation(database=database, schema=schema, identifier=model['alias'])) -%}
    {%- call statement(auto_begin=True) -%}
      {{ header if header }}
      {{ get_create_sql(target, limited) }}
    {%- endcall -%}
    {%- do kept.append(target) -%}
    {%- do adapter.commit() -%}
    {# The stored rows are counted; the query does not run twice. #}
    {%- set failing = 'select * from ' ~ target -%}
  {%- else -%}
    {%- set failing = limited -%}
  {%- endif -%}

  {# The limit is in the rows already, hence none here. #}
  {%- call statement('main', fetch_result=True) -%}
    {{ header if header }}
    {{ get_test_sql(failing, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit=none) }}
  {%- endcall -%}

  {%- do return({'relations': kept}) -%}
{% endmaterialization %}
