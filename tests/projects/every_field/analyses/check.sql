select count(*) from {{ ref('orders') }} where {{ function('plus_one') }}(id) > 1
