{{ cs_metric_report(
    cs_segment='Mid-Touch',
    phase='Align',
    metrics=[
        'net_new_success_plan_coverage',
        'ebr_with_usage_data_coverage',
    ],
    values=[
        ref('cs_values_success_plans'),
        ref('cs_values_reviews'),
    ]
) }}
