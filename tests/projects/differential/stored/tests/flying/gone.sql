select name from {{ ref('rows') }} where id = 1
