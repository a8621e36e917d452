{# The next build of what keeps its rows. What is replaced is deleted, then inserted anew as a whole; where some columns alone
   change, a MERGE of the run's own names the columns that the script has learned. #}

{% macro emit_next_rows(target, rows_sql) %}
  {%- set strategy = config.get('incremental_strategy') or ('delete+insert' if config.get('unique_key') else 'append') -%}
  {%- if strategy not in ('append', 'delete+insert', 'merge', 'insert_overwrite', 'microbatch') -%}
    {%- do exceptions.raise_compiler_error("`emit` does not know the incremental strategy `" ~ strategy ~ "`; leave the model out with `--exclude`") -%}
  {%- endif -%}
  {%- set incoming = emit_incoming_relation(target) -%}
  {%- do emit_incoming_rows(incoming, rows_sql) -%}
  {%- if strategy == 'insert_overwrite' -%}
    {%- do emit_overwrite(target, incoming) -%}
  {%- elif strategy == 'microbatch' -%}
    {%- do emit_batch(target, incoming) -%}
  {%- elif strategy != 'append' and config.get('unique_key') and emit_replaces_some() -%}
    {%- do emit_replace_some(strategy, target, incoming) -%}
  {%- elif strategy != 'append' and config.get('unique_key') -%}
    {%- set keys = [config.get('unique_key')] if config.get('unique_key') is string else config.get('unique_key') -%}
    {%- do emit_replace(target, incoming, emit_key_in(keys, incoming)) -%}
  {%- else -%}
    {%- do emit_insert(target, incoming) -%}
  {%- endif -%}
  {%- do emit_drop_incoming(incoming) -%}
  {%- do emit_after(target) -%}
{% endmacro %}

{% macro emit_insert(target, incoming) %}
  {%- call statement('main') -%}
insert into {{ target }} select * from {{ incoming }}
  {%- endcall -%}
{% endmacro %}

{# Rows that the condition picks make room for all that come. #}
{% macro emit_replace(target, incoming, condition) %}
  {%- call statement('delete') -%}
delete from {{ target }}
where {{ condition }}
  {%- endcall -%}
  {%- do emit_insert(target, incoming) -%}
{% endmacro %}

{# Whether the config says more of the rows to replace, or of their columns, than the key. #}
{% macro emit_replaces_some() %}
  {%- for key in ('merge_update_columns', 'merge_exclude_columns', 'incremental_predicates', 'predicates') if config.get(key) -%}
    {%- do return(true) -%}
  {%- endfor -%}
  {%- do return(false) -%}
{% endmacro %}

{% macro emit_replace_some(strategy, target, incoming) %}
  {%- set columns = adapter.get_columns_in_relation(incoming) -%}
  {%- set predicates = config.get('incremental_predicates') or config.get('predicates') -%}
  {%- set predicates = [predicates] if predicates is string else predicates -%}
  {%- call statement('main') -%}
    {%- if strategy == 'merge' -%}
      {{ get_merge_sql(target, incoming, config.get('unique_key'), columns, predicates) }}
    {%- else -%}
      {{ get_delete_insert_merge_sql(target, incoming, config.get('unique_key'), columns, predicates) }}
    {%- endif -%}
  {%- endcall -%}
{% endmacro %}

{% macro emit_overwrite(target, incoming) %}{{ return(adapter.dispatch('emit_overwrite', 'dbt')(target, incoming)) }}{% endmacro %}
{% macro default__emit_overwrite(target, incoming) %}
  {%- do exceptions.raise_compiler_error('the strategy `insert_overwrite` does not exist on ' ~ adapter.type()) -%}
{% endmacro %}

{# The rows of one batch take the place of those of its span. #}
{% macro emit_batch(target, incoming) %}{{ return(adapter.dispatch('emit_batch', 'dbt')(target, incoming)) }}{% endmacro %}
{% macro default__emit_batch(target, incoming) %}
  {%- set start = config.get('__dbt_internal_microbatch_event_time_start') -%}
  {%- set end = config.get('__dbt_internal_microbatch_event_time_end') -%}
  {%- set event_time = config.get('event_time') -%}
  {%- set condition = event_time ~ ' >= ' ~ emit_moment(start) ~ ' and ' ~ event_time ~ ' < ' ~ emit_moment(end) -%}
  {%- for predicate in config.get('incremental_predicates') or [] -%}
    {%- set condition = condition ~ ' and (' ~ predicate ~ ')' -%}
  {%- endfor -%}
  {%- do emit_replace(target, incoming, condition) -%}
{% endmacro %}

{% macro emit_moment(moment) %}{{ return(adapter.dispatch('emit_moment', 'dbt')(moment)) }}{% endmacro %}
{% macro default__emit_moment(moment) %}{{ return("'" ~ moment ~ "'") }}{% endmacro %}

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
  {%- set same = same | join(' and ') -%}
  {%- set holds = emit_version_holds('stored', names) -%}
  {%- set records_deletes = strategy.hard_deletes == 'new_record' -%}
  {%- set incoming = emit_incoming_relation(target) -%}
  {%- do emit_incoming_rows(incoming, rows_sql) -%}
  {%- set changed = emit_row_changed(names, incoming) ~ (' or stored.' ~ names.dbt_is_deleted ~ " = 'True'" if records_deletes else '') -%}
  {%- call statement('close') -%}
merge into {{ target }} as stored
using {{ incoming }} as incoming
on {{ same }} and {{ holds }} and ({{ changed }})
when matched then update set {{ names.dbt_valid_to }} = incoming.{{ names.dbt_valid_from }}
  {%- endcall -%}
  {%- if records_deletes -%}
    {%- do emit_record_deletes(target, incoming, keys, names) -%}
  {%- elif strategy.hard_deletes == 'invalidate' -%}
    {%- call statement('close_deleted') -%}
update {{ target }} as stored
set {{ names.dbt_valid_to }} = {{ snapshot_get_time() }}
where {{ holds }} and not exists (select 1 from {{ incoming }} as incoming where {{ same }})
    {%- endcall -%}
  {%- endif -%}
  {%- call statement('main') -%}
insert into {{ target }}
select incoming.* from {{ incoming }} as incoming
where not exists (select 1 from {{ target }} as stored where {{ same }} and {{ holds }})
  {%- endcall -%}
  {%- do emit_drop_incoming(incoming) -%}
  {%- do emit_after(target) -%}
{% endmacro %}

{% macro emit_version_holds(alias, names) %}
  {%- set valid_to = alias ~ '.' ~ names.dbt_valid_to -%}
  {%- if config.get('dbt_valid_to_current') -%}
    {%- do return('(' ~ valid_to ~ ' is null or ' ~ valid_to ~ ' = ' ~ config.get('dbt_valid_to_current') ~ ')') -%}
  {%- endif -%}
  {%- do return(valid_to ~ ' is null') -%}
{% endmacro %}

{# A row that is gone gets a version that says so, and that version's beginning ends the one before. #}
{% macro emit_record_deletes(target, incoming, keys, names) %}
  {%- set same = [] -%}
  {%- set same_record = [] -%}
  {%- for key in keys -%}
    {%- do same.append('incoming.' ~ key ~ ' = stored.' ~ key) -%}
    {%- do same_record.append('record.' ~ key ~ ' = stored.' ~ key) -%}
  {%- endfor -%}
  {%- set moment = snapshot_get_time() -%}
  {%- set news = {
    names.dbt_scd_id | lower: snapshot_hash_arguments(['stored.' ~ names.dbt_scd_id, moment]),
    names.dbt_updated_at | lower: moment,
    names.dbt_valid_from | lower: moment,
    names.dbt_is_deleted | lower: "'True'",
  } -%}
  {%- set columns = [] -%}
  {%- set values = [] -%}
  {%- for column in adapter.get_columns_in_relation(incoming) -%}
    {%- do columns.append(emit_column(column.name)) -%}
    {%- do values.append(news.get(column.name | lower, 'stored.' ~ emit_column(column.name))) -%}
  {%- endfor -%}
  {%- call statement('record_deletes') -%}
insert into {{ target }} ({{ columns | join(', ') }})
select {{ values | join(', ') }}
from {{ target }} as stored
where {{ emit_version_holds('stored', names) }} and stored.{{ names.dbt_is_deleted }} <> 'True'
  and not exists (select 1 from {{ incoming }} as incoming where {{ same | join(' and ') }})
  {%- endcall -%}
  {%- call statement('close_deleted') -%}
merge into {{ target }} as stored
using (
  select * from {{ target }} as record where {{ emit_version_holds('record', names) }} and record.{{ names.dbt_is_deleted }} = 'True'
) as record
on {{ same_record | join(' and ') }} and {{ emit_version_holds('stored', names) }} and stored.{{ names.dbt_is_deleted }} <> 'True'
when matched then update set {{ names.dbt_valid_to }} = record.{{ names.dbt_valid_from }}
  {%- endcall -%}
{% endmacro %}

{# A name as the query had it: quotes are needed where it is no plain word. #}
{% macro emit_column(name) %}
  {%- do return(name if modules.re.match('^[A-Za-z_][A-Za-z0-9_]*$', name) else adapter.quote(name)) -%}
{% endmacro %}

{% macro emit_row_changed(names, incoming) %}
  {%- if config.get('strategy') == 'timestamp' -%}
    {%- do return('stored.' ~ names.dbt_valid_from ~ ' < incoming.' ~ config.get('updated_at')) -%}
  {%- elif config.get('strategy') != 'check' -%}
    {%- do exceptions.raise_compiler_error('`emit` does not know the snapshot strategy `' ~ config.get('strategy') ~ '`; leave the snapshot out with `--exclude`') -%}
  {%- endif -%}
  {%- set checked = [] -%}
  {%- if config.get('check_cols') is string -%}
    {%- set own = names.values() | map('lower') | list -%}
    {%- for column in adapter.get_columns_in_relation(incoming) if column.name | lower not in own -%}
      {%- do checked.append(emit_column(column.name)) -%}
    {%- endfor -%}
  {%- else -%}
    {%- do checked.extend(config.get('check_cols')) -%}
  {%- endif -%}
  {%- set tests = [] -%}
  {%- for column in checked -%}
    {%- set old = 'stored.' ~ column -%}
    {%- set new = 'incoming.' ~ column -%}
    {%- do tests.append(old ~ ' <> ' ~ new ~ ' or (' ~ old ~ ' is null and ' ~ new ~ ' is not null) or (' ~ old ~ ' is not null and ' ~ new ~ ' is null)') -%}
  {%- endfor -%}
  {%- do return(tests | join(' or ')) -%}
{% endmacro %}
