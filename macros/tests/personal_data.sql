{# Whether a column's name speaks of a person's address, phone or name. #}
{% macro looks_like_personal_data(column_name) %}
    {%- set name = column_name | lower -%}
    {%- set harmless = name.endswith('_hash') or name.endswith('_domain') or name.endswith('_date')
        or name.endswith('_reason') or name.endswith('_id')
        or name.startswith('has_') or name.startswith('is_') -%}
    {%- set telling = modules.re.search('e_?mail|phone|first_name|last_name|full_name|surname', name) is not none -%}
    {{ return(telling and not harmless) }}
{% endmacro %}


{# A query that gives the texts as rows; no texts, no rows. #}
{% macro rows_of_text(column, texts) -%}
    {%- if texts -%}
        {%- for text in texts %}
        select cast('{{ text | replace("'", "''") }}' as varchar) as {{ column }}
        {{ "union all" if not loop.last }}
        {%- endfor -%}
    {%- else -%}
        select cast(null as varchar) as {{ column }} where 1 = 0
    {%- endif -%}
{%- endmacro %}
