select * from {{ ref('middle') }} where id is null
