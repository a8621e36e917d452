select id from {{ ref('third') }}
