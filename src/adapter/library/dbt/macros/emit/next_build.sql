{# The next build of what keeps its rows. The columns are not known without the warehouse, so rows move as a whole: what is
   replaced is deleted, then inserted anew. #}

{% macro emit_next_rows(target, rows_sql) %}
  {%- set strategy = config.get('incremental_strategy') or ('delete+insert' if config.get('unique_key') else 'append') -%}
  {%- set replaces = strategy in ('delete+insert', 'merge') and config.get('unique_key') -%}
  {%- if strategy not in ('append', 'delete+insert', 'merge') -%}
    {%- do exceptions.raise_compiler_error("the next build with the strategy `" ~ strategy ~ "` depends on the warehouse and cannot be written without it") -%}
  {%- elif replaces and (config.get('merge_update_columns') or config.get('merge_exclude_columns') or config.get('incremental_predicates') or config.get('predicates')) -%}
    {%- do exceptions.raise_compiler_error('a merge of some columns or under conditions depends on the warehouse and cannot be written without it') -%}
  {%- endif -%}
  {%- set incoming = emit_incoming_relation(target) -%}
  {%- do emit_incoming_rows(incoming, rows_sql) -%}
  {%- if replaces -%}
    {%- set keys = [config.get('unique_key')] if config.get('unique_key') is string else config.get('unique_key') -%}
    {%- call statement('delete') -%}
delete from {{ target }}
where {{ emit_key_in(keys, incoming) }}
    {%- endcall -%}
  {%- endif -%}
  {%- call statement('main') -%}
insert into {{ target }} select * from {{ incoming }}
  {%- endcall -%}
  {%- do emit_drop_incoming(incoming) -%}
  {%- do emit_after(target) -%}
{% endmacro %}

{% macro emit_incoming_rows(incoming, rows_sql) %}
  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}
  {%- call statement('incoming') -%}
    {{ get_create_table_as_sql(True, incoming, rows_sql) }}
  {%- endcall -%}
{% endmacro %}

{# Temporary tables stand in a schema of their own. #}
{% macro emit_incoming_relation(target) %}{{ return(adapter.dispatch('emit_incoming_relation', 'dbt')(target)) }}{% endmacro %}
{% macro default__emit_incoming_relation(target) %}
  {%- do return(api.Relation.create(identifier=target.identifier ~ '__incoming', type='table')) -%}
{% endmacro %}

{% macro emit_drop_incoming(incoming) %}{{ return(adapter.dispatch('emit_drop_incoming', 'dbt')(incoming)) }}{% endmacro %}
{% macro default__emit_drop_incoming(incoming) %}
  {%- call statement('drop_incoming') -%}
drop table {{ incoming }}
  {%- endcall -%}
{% endmacro %}

{% macro emit_key_in(keys, incoming) %}{{ return(adapter.dispatch('emit_key_in', 'dbt')(keys, incoming)) }}{% endmacro %}
{% macro default__emit_key_in(keys, incoming) -%}
  {%- if keys | length == 1 -%}
    {{ keys[0] }} in (select {{ keys[0] }} from {{ incoming }})
  {%- else -%}
    ({{ keys | join(', ') }}) in (select {{ keys | join(', ') }} from {{ incoming }})
  {%- endif -%}
{%- endmacro %}

{# A changed row ends the version that holds, and begins the next; so does a new one. #}
{% macro emit_next_versions(target, rows_sql, strategy) %}
  {%- set names = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
  {%- set keys = [strategy.unique_key] if strategy.unique_key is string else strategy.unique_key -%}
  {%- set same = [] -%}
  {%- for key in keys -%}{%- do same.append('incoming.' ~ key ~ ' = stored.' ~ key) -%}{%- endfor -%}
  {%- set holds = 'stored.' ~ names.dbt_valid_to ~ ' is null' -%}
  {%- if config.get('dbt_valid_to_current') -%}
    {%- set holds = '(' ~ holds ~ ' or stored.' ~ names.dbt_valid_to ~ ' = ' ~ config.get('dbt_valid_to_current') ~ ')' -%}
  {%- endif -%}
  {%- if strategy.hard_deletes == 'new_record' -%}
    {%- do exceptions.raise_compiler_error('records of deletions depend on the columns in the warehouse and cannot be written without it') -%}
  {%- endif -%}
  {%- set incoming = emit_incoming_relation(target) -%}
  {%- do emit_incoming_rows(incoming, rows_sql) -%}
  {%- call statement('close') -%}
merge into {{ target }} as stored
using {{ incoming }} as incoming
on {{ same | join(' and ') }} and {{ holds }} and ({{ emit_row_changed(names) }})
when matched then update set {{ names.dbt_valid_to }} = incoming.{{ names.dbt_valid_from }}
  {%- endcall -%}
  {%- if strategy.hard_deletes == 'invalidate' -%}
    {%- call statement('close_deleted') -%}
update {{ target }} as stored
set {{ names.dbt_valid_to }} = {{ snapshot_get_time() }}
where {{ holds }} and not exists (select 1 from {{ incoming }} as incoming where {{ same | join(' and ') }})
    {%- endcall -%}
  {%- endif -%}
  {%- call statement('main') -%}
insert into {{ target }}
select incoming.* from {{ incoming }} as incoming
where not exists (select 1 from {{ target }} as stored where {{ same | join(' and ') }} and {{ holds }})
  {%- endcall -%}
  {%- do emit_drop_incoming(incoming) -%}
  {%- do emit_after(target) -%}
{% endmacro %}

{% macro emit_row_changed(names) %}
  {%- if config.get('strategy') == 'timestamp' -%}
    {%- do return('stored.' ~ names.dbt_valid_from ~ ' < incoming.' ~ config.get('updated_at')) -%}
  {%- elif config.get('strategy') != 'check' or config.get('check_cols') is string -%}
    {%- do exceptions.raise_compiler_error('the next build of this snapshot depends on the columns in the warehouse and cannot be written without it') -%}
  {%- endif -%}
  {%- set tests = [] -%}
  {%- for column in config.get('check_cols') -%}
    {%- set old = 'stored.' ~ column -%}
    {%- set new = 'incoming.' ~ column -%}
    {%- do tests.append(old ~ ' <> ' ~ new ~ ' or (' ~ old ~ ' is null and ' ~ new ~ ' is not null) or (' ~ old ~ ' is not null and ' ~ new ~ ' is null)') -%}
  {%- endfor -%}
  {%- do return(tests | join(' or ')) -%}
{% endmacro %}
