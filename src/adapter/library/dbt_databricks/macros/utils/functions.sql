{# Functions. Newer runtimes have date arithmetic of their own. #}

{% macro databricks__dateadd(datepart, interval, from_date_or_timestamp) %}
  {%- if adapter.has_dbr_capability('timestampdiff') -%}
    timestampadd({{ datepart }}, {{ interval }}, {{ from_date_or_timestamp }})
  {%- else -%}
    {{ spark__dateadd(datepart, interval, from_date_or_timestamp) }}
  {%- endif -%}
{% endmacro %}

{% macro databricks__datediff(first_date, second_date, datepart) %}
  {%- if adapter.has_dbr_capability('timestampdiff') -%}
    timestampdiff({{ datepart }}, {{ date_trunc(datepart, first_date) }}, {{ date_trunc(datepart, second_date) }})
  {%- else -%}
    {{ spark__datediff(first_date, second_date, datepart) }}
  {%- endif -%}
{% endmacro %}

{# As Spark's, but GET gives null for a part that is not there, where an index would be an error. #}
{% macro databricks__split_part(string_text, delimiter_text, part_number) %}
  {%- set pattern -%}
    case when regexp_extract({{ delimiter_text }}, '([^A-Za-z0-9])(.*)', 1) != '_'
      then concat('\\', {{ delimiter_text }})
      else {{ delimiter_text }} end
  {%- endset -%}
  {%- set part %}
    {% if part_number >= 0 -%}
      get(split( {{ string_text }}, {{ pattern }} ), {{ part_number - 1 if part_number > 0 else part_number }})
    {%- else -%}
      get(split( {{ string_text }}, {{ pattern }} ),
        length({{ string_text }}) - length( replace({{ string_text }}, {{ delimiter_text }}, '') ) + 1 + {{ part_number }} )
    {%- endif %}
  {% endset -%}
  {%- do return(part) -%}
{% endmacro %}
