"""Drives a project with Elementary's runner, as `edr` does: PROJECT."""

import json
import sys

from elementary.clients.dbt.factory import RunnerMethod, create_dbt_runner

project = sys.argv[1]
runner = create_dbt_runner(
    project,
    profiles_dir=project,
    raise_on_failure=False,
    run_deps_if_needed=False,
    runner_method=RunnerMethod.DBT1_SUBPROCESS,
)
ran = [runner.seed(), runner.run(), runner.test()]
results = runner.run_operation("shop.totals", macro_args={"least": 10})
print(
    json.dumps(
        {
            "ran": ran,
            "listed": sorted(line for line in runner.ls(select="orders stg_orders,resource_type:model") if line.endswith(".orders") or line.endswith(".stg_orders")),
            "totals": [json.loads(result) for result in results],
        }
    )
)
