{#
  How a product reaches the customer, read from its category (see `product_category`).
  Only `Not Applicable` has no delivery: it stays NULL in dimensions and facts,
  and reports show it as `Missing`.
#}
{% macro delivery(product_category) -%}
    case
        when lower({{ product_category }}) like '%saas%'
            or {{ product_category }} in ('Storage', 'Standard', 'Basic', 'Plus', 'GitHost')
            or lower({{ product_category }}) like '%dedicated - ultimate%'
            then 'SaaS'
        when lower({{ product_category }}) like '%self-managed%' then 'Self-Managed'
        when {{ product_category }} in ('Other', 'Support', 'Trueup') then 'Others'
    end
{%- endmacro %}
