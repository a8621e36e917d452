{#
  The six dimensions by which ARR and customers are shown: the name in reports, and the column in `mart_arr`.
#}
{% macro segmentation_dimensions() -%}
    {{ return([
        {'name': 'product_category', 'column': 'product_category'},
        {'name': 'delivery', 'column': 'delivery'},
        {'name': 'industry', 'column': 'ultimate_parent_industry'},
        {'name': 'account_owner_team', 'column': 'ultimate_parent_account_owner_team'},
        {'name': 'territory', 'column': 'ultimate_parent_territory'},
        {'name': 'sales_segment', 'column': 'ultimate_parent_account_segment'},
    ]) }}
{%- endmacro %}


{# Dimensions and marts keep an unknown value NULL; reports name it. #}
{% macro show_missing(column) -%}
    coalesce({{ column }}, 'Missing')
{%- endmacro %}


{# Growth of an amount over a year, and as a share of the year before (NULL when there was nothing). #}
{% macro growth_rate(this_year, last_year) -%}
    {{ rate(this_year ~ ' - ' ~ last_year, last_year, 'decimal(18,4)') }}
{%- endmacro %}
