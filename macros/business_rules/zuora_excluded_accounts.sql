{#
  The billing accounts that no figure may hold: internal test accounts and accounts whose data is wrong,
  listed by hand in the seed `zuora_excluded_accounts`. Use it inside `in (...)`.

  When the seed is in the warehouse it is read while the model compiles, and the list stands in the SQL as
  literals, so that anybody who reads the compiled model sees who is left out. Without the seed, or with
  the variable `excluded_accounts_as_list` set to false, a subquery gives the same rows.
#}
{% macro zuora_excluded_accounts() -%}
    {%- set seed = ref('zuora_excluded_accounts') -%}
    {%- set subquery -%}
        select account_id from {{ seed }} where account_id is not null
    {%- endset -%}
    {%- set ids = [] -%}
    {%- if execute and var('excluded_accounts_as_list') and load_relation(seed) is not none -%}
        {%- set ids = run_query("select distinct account_id from " ~ seed ~ " where account_id is not null order by 1").columns[0].values() -%}
    {%- endif -%}
    {%- if ids | length > 0 -%}
        {%- for id in ids %}'{{ id }}'{{ ", " if not loop.last }}{% endfor -%}
    {%- else -%}
        {{ subquery }}
    {%- endif -%}
{%- endmacro %}


{# Whether a billing account is on that list. #}
{% macro is_excluded_account(account_id) -%}
    coalesce({{ account_id }} in ({{ zuora_excluded_accounts() }}), false)
{%- endmacro %}
