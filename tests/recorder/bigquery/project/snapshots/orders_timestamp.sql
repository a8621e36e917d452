{% snapshot orders_timestamp %}
{{ config(target_schema='shop', unique_key='id', strategy='timestamp', updated_at='at') }}
select 1 as id, current_timestamp() as at, 'new' as added
{% endsnapshot %}
