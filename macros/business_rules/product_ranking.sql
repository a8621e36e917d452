{# Order of the tiers, for telling upgrades from downgrades: 3 Ultimate, 2 Premium, 1 entry tier, 0 no tier. #}
{% macro product_ranking(product_category) -%}
    case
        when {{ product_category }} like '%Ultimate' then 3
        when {{ product_category }} like '%Premium' then 2
        when {{ product_category }} in ('SaaS - Bronze', 'Self-Managed - Starter') then 1
        else 0
    end
{%- endmacro %}
