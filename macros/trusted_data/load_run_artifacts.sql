{#
  Add the results of the last invocation to the source `run_artifacts`, from the files `run_results.json` and
  `sources.json` in the target folder:

      headwater build
      headwater run-operation load_run_artifacts
      headwater run --select tdf edm

  Loading the same invocation twice changes nothing. With `with_times: false` the times are left out, so that
  tables made from equal results are equal.
#}
{% macro load_run_artifacts(target_dir='target', with_times=true) %}
    {%- set rows = {'node_results': [], 'test_results': [], 'freshness_results': []} -%}

    {%- set run_results = read_json_file(target_dir ~ '/run_results.json') -%}
    {%- if run_results -%}
        {%- set metadata = run_results.metadata -%}
        {%- for result in run_results.results if result.unique_id in graph.nodes -%}
            {%- set node = graph.nodes[result.unique_id] -%}
            {%- set base = {
                'invocation_id': metadata.invocation_id,
                'unique_id': result.unique_id,
                'tags': node.tags | sort | join(', '),
                'status': result.status,
                'message': result.message,
                'executed_at': metadata.generated_at if with_times else none,
            } -%}
            {%- do rows.node_results.append(dict(
                base,
                node_name=node.name,
                resource_type=node.resource_type,
                execution_seconds=result.execution_time if with_times else none
            )) -%}
            {%- if node.resource_type == 'test' -%}
                {%- do rows.test_results.append(dict(
                    base,
                    test_name=node.name,
                    test_type='generic' if node.test_metadata else 'singular',
                    test_id=node.config.meta.get('test_id'),
                    model_name=tested_node_name(node),
                    column_name=node.column_name,
                    severity=node.config.severity | lower,
                    failures=result.failures
                )) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}

    {%- set freshness = read_json_file(target_dir ~ '/sources.json') -%}
    {%- if freshness -%}
        {%- for result in freshness.results if result.unique_id in graph.sources -%}
            {%- set source = graph.sources[result.unique_id] -%}
            {%- do rows.freshness_results.append({
                'invocation_id': freshness.metadata.invocation_id,
                'unique_id': result.unique_id,
                'source_name': source.source_name,
                'table_name': source.name,
                'status': result.status,
                'max_loaded_at': result.get('max_loaded_at'),
                'snapshotted_at': result.get('snapshotted_at'),
                'age_seconds': result.get('max_loaded_at_time_ago_in_s'),
                'executed_at': freshness.metadata.generated_at if with_times else none,
            }) -%}
        {%- endfor -%}
    {%- endif -%}

    {%- for table, table_rows in rows.items() -%}
        {%- do append_run_artifacts(table, table_rows) -%}
    {%- endfor -%}
    {%- do commit_raw_data() -%}
    {%- do log(
        "Loaded " ~ rows.node_results | length ~ " node results, " ~ rows.test_results | length ~ " test results, "
        ~ rows.freshness_results | length ~ " freshness results", info=true
    ) -%}
{% endmacro %}


{# What a test is attached to: the model, or the source table when the test is on a source. #}
{% macro tested_node_name(test) %}
    {%- if test.attached_node -%}
        {{ return(test.attached_node.split('.')[2]) }}
    {%- endif -%}
    {%- if test.test_metadata and test.sources -%}
        {{ return(test.sources[0] | join('.')) }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}


{# Put rows into a table of `run_artifacts`, in place of those of the same invocation. #}
{% macro append_run_artifacts(table, rows) %}
    {%- set source = declared_source('run_artifacts', table) -%}
    {%- set relation = api.Relation.create(
        database=source.database, schema=source.schema, identifier=source.identifier, type='table'
    ) -%}
    {%- if load_relation(relation) is none -%}
        {%- do adapter.create_schema(relation.without_identifier()) -%}
        {%- do create_raw_table(relation, raw_table_columns(source.columns, [], true)) -%}
    {%- endif -%}
    {%- if rows -%}
        {%- set tuples = [] -%}
        {%- for row in rows -%}
            {%- set values = [] -%}
            {%- for column in source.columns.values() -%}
                {%- do values.append(sql_literal(row.get(column.name), column.data_type)) -%}
            {%- endfor -%}
            {%- do tuples.append('(' ~ values | join(', ') ~ ')') -%}
        {%- endfor -%}
        {%- do run_raw_data_statement(
            "delete from " ~ relation ~ " where invocation_id = " ~ sql_literal(rows[0].invocation_id, 'varchar')
        ) -%}
        {%- do run_raw_data_statement(
            "insert into " ~ relation ~ " (" ~ source.columns.keys() | join(', ') ~ ") values " ~ tuples | join(', ')
        ) -%}
    {%- endif -%}
{% endmacro %}


{# A value as SQL. Times lose their zone: they are UTC. #}
{% macro sql_literal(value, type) -%}
    {%- if value is none -%}
        null
    {%- elif type == 'timestamp' -%}
        cast('{{ (value | string)[:19] | replace("T", " ") }}' as timestamp)
    {%- elif value is number -%}
        {{ value }}
    {%- else -%}
        '{{ value | string | replace("'", "''") }}'
    {%- endif -%}
{%- endmacro %}


{# A JSON file as an object, or none when there is no file. #}
{% macro read_json_file(path) %}
    {%- set text = adapter.dispatch('read_text_file')(path) -%}
    {{ return(fromjson(text) if text else none) }}
{% endmacro %}


{% macro default__read_text_file(path) %}
    {%- set found = run_query("select content from read_text(['" ~ path ~ "*'])") -%}
    {{ return(found.columns[0].values()[0] if found.rows | length > 0 else none) }}
{% endmacro %}


{% macro postgres__read_text_file(path) %}
    {{ return(run_query("select pg_read_file('" ~ path ~ "', 0, 1073741823, true)").columns[0].values()[0]) }}
{% endmacro %}
