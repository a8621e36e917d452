{{ cs_metric_report(
    cs_segment='High-Touch',
    phase='Enable',
    metrics=[
        'time_to_first_engage_days',
        'time_to_first_value_days',
        'time_to_onboard_days',
        'pct_time_to_first_engage_within_target',
        'pct_time_to_first_value_within_target',
        'pct_time_to_onboard_within_target',
        'stage_enablement_playbooks_completed',
        'use_case_maturity_ci',
        'use_case_maturity_devsecops',
    ],
    values=[
        ref('cs_values_onboarding'),
        ref('cs_values_playbooks'),
        ref('cs_values_use_cases'),
    ]
) }}
