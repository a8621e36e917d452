{% snapshot orders_snapshot %}
{{ config(target_schema='history', unique_key='id', strategy='check', check_cols=['country'], hard_deletes='invalidate') }}
select * from {{ ref('orders') }}
{% endsnapshot %}
