select id, status, amount from {{ ref('by_time') }} where dbt_valid_to is null
