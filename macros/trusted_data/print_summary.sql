{#
  Print what a build came to: tests by tag and outcome, rows by layer, and ARR, customers and retention of the
  last complete month. Needs the results of the build (see `load_run_artifacts`):

      headwater run --select tdf edm
      headwater run-operation print_summary
#}
{% macro print_summary() %}
    {%- set results = run_query(
        "select tags, status, count(*) as tests from " ~ ref('tdf_test_results')
        ~ " where is_latest group by tags, status"
    ) -%}
    {%- set tags = {} -%}
    {%- for row in results.rows -%}
        {%- for tag in ['all tests'] + row['tags'].split(', ') if tag -%}
            {%- set outcomes = tags.setdefault(tag, {}) -%}
            {%- do outcomes.update({row['status']: outcomes.get(row['status'], 0) + row['tests'] | int}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set lines = [] -%}
    {%- for tag in tags | sort -%}
        {%- set outcomes = tags[tag] -%}
        {%- do lines.append([
            tag, outcomes.get('pass', 0), outcomes.get('warn', 0),
            outcomes.get('fail', 0) + outcomes.get('error', 0), outcomes.get('skipped', 0)
        ]) -%}
    {%- endfor -%}
    {%- do print_lines(['Tests by tag', 'pass', 'warn', 'fail', 'skipped'], lines) -%}

    {%- set counts = run_query(
        "select layer, count(*) as objects, sum(row_count) as row_count from " ~ ref('tdf_row_counts')
        ~ " group by layer"
    ) -%}
    {%- set layers = {} -%}
    {%- for row in counts.rows -%}
        {%- do layers.update({row['layer']: [row['objects'] | int, row['row_count'] | int]}) -%}
    {%- endfor -%}
    {%- set lines = [] -%}
    {%- for layer in ['raw', 'staging', 'dimension', 'fact', 'mart'] if layer in layers -%}
        {%- do lines.append([layer] + layers[layer]) -%}
    {%- endfor -%}
    {%- do print_lines(['Rows by layer', 'objects', 'rows'], lines) -%}

    {%- set figures = run_query(
        "select months.arr_month, months.arr, months.customer_count_unique, retention.net_retention_rate, "
        ~ "retention.gross_retention_rate from " ~ ref('customer_count_month') ~ " as months left join "
        ~ ref('cs_retention_summary') ~ " as retention on months.arr_month = retention.retention_month "
        ~ "and retention.cs_segment = 'All' order by months.arr_month desc limit 1"
    ) -%}
    {%- for row in figures.rows -%}
        {%- do print_lines(['Last complete month', row['arr_month'] | string], [
            ['ARR', '{:,.2f}'.format(row['arr'])],
            ['customers', '{:,}'.format(row['customer_count_unique'] | int)],
            ['net retention', percentage(row['net_retention_rate'])],
            ['gross retention', percentage(row['gross_retention_rate'])],
        ]) -%}
    {%- endfor -%}
{% endmacro %}


{% macro percentage(rate) -%}
    {{ return('unknown' if rate is none else '{:.2f} %'.format(rate * 100)) }}
{%- endmacro %}


{# A small table: names to the left, everything else to the right. #}
{% macro print_lines(header, lines) %}
    {%- do print('') -%}
    {%- for line in [header] + lines -%}
        {%- set cells = [] -%}
        {%- for cell in line -%}
            {%- set text = '{:,}'.format(cell) if cell is integer else cell | string -%}
            {%- do cells.append('{:<24}'.format(text) if loop.first else '{:>16}'.format(text)) -%}
        {%- endfor -%}
        {%- do print('  ' ~ cells | join('')) -%}
    {%- endfor -%}
{% endmacro %}
