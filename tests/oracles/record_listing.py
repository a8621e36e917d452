"""Record what `dbt ls` of Python dbt prints for a project, in each form.

usage: record_listing.py DBT PROJECT OUT
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

KEYS = "name unique_id config.materialized config.nothing columns nonsense".split()
FORMS = {
    "selector": [],
    "name": ["--output", "name"],
    "path": ["--output", "path"],
    "json": ["--output", "json"],
    "keys": ["--output", "json", "--output-keys", *KEYS],
}


def main():
    dbt, project, out = sys.argv[1:]
    env = dict(os.environ, DBT_SEND_ANONYMOUS_USAGE_STATS="false", DO_NOT_TRACK="1")
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        root = os.path.join(folder, "project")
        shutil.copytree(project, root)
        subprocess.run([dbt, "deps", "--quiet"], cwd=root, env=env, check=False)
        for name, args in FORMS.items():
            command = [dbt, "--quiet", "ls", "--select", "fqn:*", *args]
            found[name] = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True).stdout.splitlines()
    rows = [f"{json.dumps(k)}: [\n" + ",\n".join(json.dumps(v) for v in lines) + "\n]" for k, lines in found.items()]
    Path(out).write_text("{\n" + ",\n".join(rows) + "\n}\n")


if __name__ == "__main__":
    main()
