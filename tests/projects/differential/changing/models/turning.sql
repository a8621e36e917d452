{{ config(materialized=var('kind')) }}
select {{ var('day') }} as id, '{{ var('kind') }}' as made_as
