"""Record what Python dbt writes for a project, as expectations for the Rust tests.

usage: record_artifacts.py DBT PROJECT OUT COMMAND=ARTIFACT,...

For example: record_artifacts.py dbt tests/projects/every_field tests/expected/every_field \
    parse=manifest,semantic_manifest build=manifest,run_results,graph_summary \
    "source freshness=sources" "docs generate=catalog"

Runs each COMMAND in a copy of PROJECT and writes the artifacts into OUT as <command>.<artifact>.json:
one resource a line, sorted, so that a new release diffs well. What differs from run to run (times, ids, folders) is replaced, and macros of dbt's own
packages are left out.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OWN = ("dbt", "dbt_duckdb")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|\+00:00)?")


def settle(value, root):
    """Replace what no two runs share."""
    if isinstance(value, dict):
        fixed = {"created_at": 0.0, "execution_time": 0.0, "elapsed_time": 0.0, "generated_at": "<time>",
                 "invocation_id": "<id>", "_invocation_id": "<id>", "invocation_command": "<command>",
                 "thread_id": "<thread>", "snapshotted_at": "<time>",
                 "max_loaded_at_time_ago_in_s": 0.0}  # fmt: skip
        plain = (str, int, float)
        return {
            k: fixed[k] if k in fixed and isinstance(v, plain) else settle(v, root)
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [settle(v, root) for v in value]
    if isinstance(value, str):
        return TIME.sub("<time>", value).replace(root, "<root>")
    return value


def settle_artifact(name, data, root):
    data = settle(data, root)
    if name == "manifest":
        data["macros"] = {k: v for k, v in data["macros"].items() if v["package_name"] not in OWN}
        data["docs"] = {k: v for k, v in data["docs"].items() if v["package_name"] not in OWN}
        data["group_map"] = {k: sorted(v) for k, v in data["group_map"].items()}
    if name == "run_results":
        data["results"].sort(key=lambda r: r["unique_id"])
        data["args"] = {}
    return data


def dump(data):
    """JSON with one line a resource."""
    lines = []
    for key, section in data.items():
        head = json.dumps(key) + ": "
        if isinstance(section, dict) and section:
            rows = [f"  {json.dumps(k)}: {json.dumps(section[k])}" for k in sorted(section)]
            lines.append(head + "{\n" + ",\n".join(rows) + "\n}")
        elif isinstance(section, list) and section:
            lines.append(head + "[\n" + ",\n".join("  " + json.dumps(row) for row in section) + "\n]")
        else:
            lines.append(head + json.dumps(section))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main():
    dbt, project, out, *commands = sys.argv[1:]
    out = Path(out)
    env = dict(os.environ, DBT_SEND_ANONYMOUS_USAGE_STATS="false", DO_NOT_TRACK="1")
    with tempfile.TemporaryDirectory() as folder:
        root = os.path.join(folder, "project")
        shutil.copytree(project, root)
        subprocess.run([dbt, "deps", "--quiet"], cwd=root, env=env, check=False)
        for command in commands:
            command, artifacts = command.rsplit("=", 1)
            words = shlex.split(command)
            subprocess.run([dbt, "--quiet", "--no-partial-parse", *words], cwd=root, env=env, check=False)
            label = "-".join(w for w in words if not w.startswith("-"))
            for name in artifacts.split(","):
                path = Path(root, "target", f"{name}.json")
                data = settle_artifact(name, json.loads(path.read_text()), root)
                (out / f"{label}.{name}.json").write_text(dump(data))


if __name__ == "__main__":
    main()
