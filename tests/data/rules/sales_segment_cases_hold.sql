{{ config(tags=['crm_account'], meta={'test_id': 'T-15'}) }}

-- Every case of the seed must come out of the macro as it stands there.
with cases as (

    select
        case_no,
        case when not raw_is_null then coalesce(raw_segment, '') end as raw_segment,
        sales_segment
    from {{ ref('sales_segment_cases') }}

),

actual as (

    select
        *,
        {{ sales_segment_cleaning('raw_segment') }} as actual_segment
    from cases

)

select *
from actual
where sales_segment is distinct from actual_segment
