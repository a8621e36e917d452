{# Dates worked out while rendering, for loops over partitions. #}

{% macro convert_datetime(date_str, date_fmt) %}
  {%- set problem = "The provided partition date '" ~ date_str ~ "' does not match the expected format '" ~ date_fmt ~ "'" -%}
  {%- do return(try_or_compiler_error(problem, modules.datetime.datetime.strptime, date_str.strip(), date_fmt)) -%}
{% endmacro %}

{# Every day from the first to the last, as text, or as datetimes when `out_fmt` is empty. #}
{% macro dates_in_range(start_date_str, end_date_str=none, in_fmt="%Y%m%d", out_fmt="%Y%m%d") %}
  {%- set first = convert_datetime(start_date_str, in_fmt) -%}
  {%- set last = first if end_date_str is none else convert_datetime(end_date_str, in_fmt) -%}
  {%- set span = (last - first).days -%}
  {%- if span < 0 -%}
    {%- do exceptions.raise_compiler_error('Partition start date is after the end date (' ~ first ~ ', ' ~ last ~ ')', model) -%}
  {%- endif -%}
  {%- set days = [] -%}
  {%- for offset in range(span + 1) -%}
    {%- set day = first + modules.datetime.timedelta(days=offset) -%}
    {%- do days.append(day.strftime(out_fmt) if out_fmt else day) -%}
  {%- endfor -%}
  {%- do return(days) -%}
{% endmacro %}

{# `20240101` or `20240101,20240131`, as dates_in_range takes them. #}
{% macro partition_range(raw_partition_date, date_fmt='%Y%m%d') %}
  {%- set bounds = (raw_partition_date | string).split(',') -%}
  {%- if bounds | length > 2 -%}
    {%- do exceptions.raise_compiler_error('A partition date is START or START,END, not ' ~ raw_partition_date) -%}
  {%- endif -%}
  {%- do return(dates_in_range(bounds[0], bounds[1] if bounds | length == 2 else none, in_fmt=date_fmt)) -%}
{% endmacro %}

{# Now, to the microsecond, as digits: unlike any name made before. #}
{% macro py_current_timestring() %}
  {%- do return(modules.datetime.datetime.now().strftime('%Y%m%d%H%M%S%f')) -%}
{% endmacro %}
