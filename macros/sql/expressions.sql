{# Key of several columns: the md5 of their texts joined with a hyphen; NULL counts as an empty text. #}
{% macro surrogate_key(columns) -%}
    md5(
        {%- for column in columns %}
        coalesce(cast({{ column }} as varchar), ''){{ " || '-' ||" if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{#
  A ratio with four decimals, NULL when there is nothing to divide by. The detour over eight decimals
  makes ties round alike on warehouses that divide in floating point and on those that do not.
#}
{% macro rate(numerator, denominator, type='decimal(9,4)') -%}
    cast(
        round(
            cast(cast({{ numerator }} as decimal(28,6)) / nullif({{ denominator }}, 0) as decimal(18,8)), 4
        )
        as {{ type }}
    )
{%- endmacro %}


{# The distinct values of a group in one text, sorted by code point and joined by a comma and a space. #}
{% macro sorted_list(column) -%}
    {%- set text = 'cast(' ~ column ~ ' as text) collate "C"' -%}
    string_agg(distinct {{ text }}, ', ' order by {{ text }})
{%- endmacro %}


{# Every match of a POSIX pattern replaced. #}
{% macro regexp_replace_all(column, pattern, replacement) -%}
    regexp_replace({{ column }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}


{# A name made fit for links: lower case, ` || ` to `|`, white space to one space, anything else that is no letter, digit or bar to `-`. #}
{% macro slugify(column) -%}
    {%- set spaced = regexp_replace_all("replace(lower(" ~ column ~ "), ' || ', '|')", '[[:space:]]+', ' ') -%}
    {{ regexp_replace_all(spaced, '[^a-z0-9|]', '-') }}
{%- endmacro %}


{# When the definition of a model was written and last changed; fixed by hand, so that rebuilding changes nothing. #}
{% macro audit_columns(created, updated) -%}
    cast('{{ created }}' as date) as model_created_date,
    cast('{{ updated }}' as date) as model_updated_date
{%- endmacro %}


{# Whether a list that is joined by a comma and a space holds a text. #}
{% macro list_holds(list, text) -%}
    ', ' || {{ list }} || ', ' like '%, ' || {{ text }} || ', %'
{%- endmacro %}
