-- Results of the tests attached to models of the dimensional model.
with results as (

    select * from {{ ref('tdf_test_results') }}

),

models as (

    select distinct node_name
    from {{ source('run_artifacts', 'node_results') }}
    where resource_type = 'model'
        and {{ list_holds('tags', "'customer_segmentation'") }}

),

final as (

    select results.*
    from results
    inner join models
        on results.model = models.node_name

)

select * from final
