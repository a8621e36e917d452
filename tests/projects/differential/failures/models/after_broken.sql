select * from {{ ref('broken_sql') }}
