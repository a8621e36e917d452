-- Runs of the models of the dimensional model: dimensions, facts, marts and reports.
with results as (

    select * from {{ source('run_artifacts', 'node_results') }}
    where resource_type = 'model'
        and {{ list_holds('tags', "'customer_segmentation'") }}

),

final as (

    select
        invocation_id,
        unique_id,
        node_name as model,
        status,
        execution_seconds,
        message,
        executed_at,
        row_number() over (
            partition by unique_id
            order by executed_at desc nulls last, invocation_id
        ) = 1 as is_latest,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from results

)

select * from final
