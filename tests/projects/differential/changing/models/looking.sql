select id from {{ ref('turning') }}
