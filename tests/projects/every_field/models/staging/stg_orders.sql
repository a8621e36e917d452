-- Orders as they came.
select
    id,
    country,
    loaded_at,
    {{ shout_local('x') }} as loud,
    '{{ var("cutoff") }}' as cutoff
from {{ source('raw', 'orders') }}
