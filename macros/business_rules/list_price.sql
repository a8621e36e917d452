{#
  Yearly list price of a catalogue charge. The catalogue keeps no term: it is read from the names.
  A monthly price counts twelve times, a price for several years is spread over them.
#}
{% macro annual_list_price(price, names) -%}
    cast(
        case
            when {{ any_name_contains(names, 'month') }} then {{ price }} * 12
            {%- for years in [2, 3, 4, 5] %}
            when {{ any_name_contains(names, years ~ ' year') }} then {{ price }} / {{ years }}
            {%- endfor %}
            else {{ price }}
        end
        as decimal(18,2)
    )
{%- endmacro %}


{% macro any_name_contains(names, text) -%}
    {%- for name in names -%}
        lower({{ name }}) like '%{{ text }}%'{{ " or " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
