{% snapshot by_time %}
{{ config(unique_key='id', strategy='timestamp', updated_at='updated_at', target_schema='history') }}
select * from {{ ref('items') }}
{% endsnapshot %}

{% snapshot by_check %}
{{ config(unique_key='id', strategy='check', check_cols=['status'], hard_deletes='invalidate', schema='history') }}
select id, status from {{ ref('items') }}
{% endsnapshot %}
