{{ cs_metric_report(
    cs_segment='High-Touch',
    phase='Expand & Renew',
    metrics=[
        'stage_expansion_playbooks_completed',
        'days_per_playbook_completed_scm',
        'days_per_playbook_completed_ci',
        'days_per_playbook_completed_devsecops',
        'days_per_playbook_completed_cd',
        'expansion_playbook_win_rate',
    ],
    values=[
        ref('cs_values_playbooks'),
    ]
) }}
