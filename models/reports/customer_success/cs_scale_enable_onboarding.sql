{{ cs_metric_report(
    cs_segment='Scale',
    phase='Enable',
    metrics=[
        'net_new_onboarding_webinar_attendance',
        'time_to_first_value_days',
        'pct_30_day_calls_completed',
        'onboarding_nps',
        'onboarding_csat',
    ],
    values=[
        ref('cs_values_onboarding'),
        ref('cs_values_webinars'),
        ref('cs_values_surveys'),
    ]
) }}
