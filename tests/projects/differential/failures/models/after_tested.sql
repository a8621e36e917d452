select * from {{ ref('tested') }} union all select * from {{ ref('fine') }}
