-- The trusted-data view of the billing system: results of the tests that watch it.
with results as (

    select * from {{ ref('tdf_test_results') }}

),

final as (

    select *
    from results
    where {{ list_holds('tags', "'tdf'") }}
        and {{ list_holds('tags', "'zuora'") }}

)

select * from final
