{# Id of the unknown member: where a billing account points at no usable Salesforce account. #}
{% macro unknown_member_id() -%}
    '-1'
{%- endmacro %}


{# The CRM account that a record belongs to: the unknown member where none is found. #}
{% macro known_or_unknown_member(crm_account_id) -%}
    coalesce({{ crm_account_id }}, {{ unknown_member_id() }})
{%- endmacro %}


{# Partners: by record type, or by the kind of account. #}
{% macro is_reseller(record_type_name, account_type) -%}
    coalesce({{ record_type_name }} = 'Channel', false)
    or coalesce(lower({{ account_type }}) like '%reseller%', false)
    or coalesce(lower({{ account_type }}) like '%partner%', false)
{%- endmacro %}


{# Who placed the contract: the web shop's technical user, or a salesperson. #}
{% macro subscription_sales_type(created_by_id) -%}
    case
        when {{ created_by_id }} = '{{ var("self_service_user_id") }}' then 'Self-Service'
        else 'Sales-Assisted'
    end
{%- endmacro %}


{# An account without an ultimate parent is its own. #}
{% macro ultimate_parent_account_id(ultimate_parent_account_id, account_id) -%}
    coalesce({{ ultimate_parent_account_id }}, {{ account_id }})
{%- endmacro %}
