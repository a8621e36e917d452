#!/usr/bin/env python3
"""Compare Headwater with Python dbt on public projects, node for node.

    compare.py --dbt DBT --headwater HEADWATER --cache FOLDER [--table FILE] [--mirror FOLDER] [--again] [NAME ...]
    compare.py --left MANIFEST --right MANIFEST

Clones the projects of projects.toml into the cache folder, puts their packages into dbt_packages,
runs `parse`, `compile` and, where the project says so, `build` with both programs, compares the tables that the
builds left (tables.py), and prints a table.
The second form compares two manifests of any project. Needs Python 3.11 and git. With --mirror FOLDER, repositories are taken from FOLDER/OWNER+NAME/repo.
"""

import argparse
import collections
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
SECTIONS = ["nodes", "sources", "exposures", "unit_tests", "metrics", "semantic_models", "saved_queries", "groups", "functions", "docs", "macros"]
# What comes with the adapters.
BUILT_IN = re.compile(r"(doc|macro)\.dbt(_(duckdb|postgres|redshift|snowflake|bigquery|databricks|spark))?\.")
# Times of day, places on this machine, and what compiling adds (compared by itself).
IGNORED = {"created_at", "root_path", "compiled", "compiled_path", "compiled_code", "extra_ctes", "extra_ctes_injected", "build_path", "defer_relation"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\.\d{6}(\+00:00|Z)?")
UNORDERED = {"tags", "doc_blocks", "sources"}

PROFILES = {
    "duckdb": {"type": "duckdb", "path": "{database}", "schema": "main", "threads": 4},
    "postgres": {"type": "postgres", "host": "127.0.0.1", "port": 1, "user": "dev", "pass": "dev", "dbname": "analytics", "schema": "dev", "threads": 4},
    "redshift": {"type": "redshift", "host": "127.0.0.1", "port": 1, "user": "dev", "pass": "dev", "dbname": "analytics", "schema": "dev", "threads": 4},
    "snowflake": {"type": "snowflake", "account": "dev", "user": "dev", "password": "dev", "role": "dev", "database": "analytics", "warehouse": "dev", "schema": "dev", "threads": 4},
    "bigquery": {"type": "bigquery", "method": "oauth", "project": "analytics", "dataset": "dev", "threads": 4, "job_retries": 0},
    "databricks": {"type": "databricks", "host": "127.0.0.1", "http_path": "/sql/dev", "token": "dev", "catalog": "analytics", "schema": "dev", "threads": 4},
}


def run(command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options).stdout


def clone(git, revision, into, arguments):
    """The files of a repository at a revision. Files that a mirror lacks are left out."""
    if into.exists():
        return
    source = git
    if arguments.mirror:
        owner, name = git.removesuffix(".git").split("/")[-2:]
        source = f"{arguments.mirror}/{owner}+{name}/repo"
    bare = arguments.cache / "repositories" / (re.sub(r"\W+", "-", git.split("://")[-1]) + ".git")
    if not bare.exists():
        run(["git", "clone", "-q", "--bare", *(["--no-hardlinks"] if arguments.mirror else ["--filter=blob:none"]), source, str(bare)])
    making = into.with_name(into.name + ".new")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    place = ["git", "--git-dir", str(bare), "--work-tree", str(making)]
    index = {**os.environ, "GIT_INDEX_FILE": str(making / ".index")}
    run([*place, "read-tree", revision], env=index)
    subprocess.run([*place, "checkout-index", "-a", "-q"], env=index, stderr=subprocess.DEVNULL)
    (making / ".index").unlink()
    making.rename(into)


def version(program):
    """What `--version` says, without what is newer elsewhere."""
    said = run([program, "--version"])
    return [line.strip() for line in said.splitlines() if re.match(r"\s*-\s+(installed|[a-z]+):\s", line)]


def setting(folder, key):
    """A top-level scalar of a dbt_project.yml."""
    text = (folder / "dbt_project.yml").read_text()
    found = re.search(rf"^{key}:\s*['\"]?([\w-]+)", text, re.M)
    return found.group(1) if found else None


def prepare(project, arguments):
    """Lays out the project: its files, packages, and a profile. Gives the project's folder."""
    top = arguments.cache / "projects" / project["name"]
    marker = top / ".ready"
    wanted = json.dumps(project, sort_keys=True)
    folder = (top / project.get("path", ".")).resolve()
    if marker.exists() and marker.read_text() == wanted:
        return folder
    shutil.rmtree(top, ignore_errors=True)
    clone(project["git"], project["commit"], top, arguments)
    for pattern in project.get("delete", []):
        for path in folder.glob(pattern):
            path.unlink()
    for name, before, after in project.get("edit", []):
        text = (folder / name).read_text()
        if before not in text:
            sys.exit(f"{project['name']}: {name} does not contain {before!r}")
        (folder / name).write_text(text.replace(before, after))
    packages = folder / setting_or(folder, "packages-install-path", "dbt_packages")
    shutil.rmtree(packages, ignore_errors=True)
    packages.mkdir(parents=True)
    for package in project.get("packages", []):
        name, revision = package.split("@", 1)
        place = arguments.packages[name]
        checkout = arguments.cache / "packages" / re.sub(r"[^\w.]", "-", f"{name}-{revision}")
        clone(place["git"], revision, checkout, arguments)
        shutil.copytree(checkout / place.get("folder", "."), packages / name)
    local(folder, folder, packages)
    marker.write_text(wanted)
    return folder


def setting_or(folder, key, default):
    return setting(folder, key) or default


def local(folder, root, packages):
    """Links the `local:` packages of a folder, and of those in turn."""
    for file in ("packages.yml", "dependencies.yml"):
        if not (folder / file).exists():
            continue
        for path in re.findall(r"^\s*-\s*local:\s*['\"]?([^\s'\"#]+)", (folder / file).read_text(), re.M):
            other = (folder / path).resolve()
            if not other.exists():
                other = (root / path).resolve()
            link = packages / setting(other, "name")
            if not link.exists():
                link.symlink_to(other, target_is_directory=True)
                local(other, root, packages)


class Side:
    """One of the two programs, run on one project."""

    def __init__(self, name, program, project, folder, arguments):
        self.name, self.program, self.project, self.folder = name, program, project, folder
        self.out = arguments.cache / "out" / project["name"] / name
        # What dbt says of a project is kept until the project's entry or dbt changes, or the day where it matters.
        day = [datetime.date.today().isoformat()] if project.get("dated") else []
        stamp = json.dumps([project, version(program), *day], sort_keys=True)
        known = self.out / "stamp"
        self.kept = name == "dbt" and not arguments.again and known.exists() and known.read_text() == stamp
        if not self.kept:
            shutil.rmtree(self.out, ignore_errors=True)
            self.out.mkdir(parents=True)
        profile = dict(PROFILES[project["adapter"]], **project.get("profile", {}))
        if "path" in profile:
            profile["path"] = str(self.out / "warehouse.duckdb")
        target = project.get("target", "dev")
        text = {setting(folder, "profile"): {"target": target, "outputs": {target: profile}}}
        (self.out / "profiles.yml").write_text(json.dumps(text))
        known.write_text(stamp)
        self.environment = {
            **os.environ,
            **{key: str(value) for key, value in project.get("env", {}).items()},
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DO_NOT_TRACK": "1",
            "DBT_PARTIAL_PARSE": "false",
        }

    def __call__(self, command, *more):
        """Runs a command; its artifacts are in the folder that is given back."""
        target = self.out / command
        if self.kept and (target / "manifest.json").exists():
            return target
        program = [self.program]
        if self.name == "dbt" and command == "compile":
            # Beside the program is the Python that runs it.
            program = [pathlib.Path(self.program).parent / "python", HERE / "dbt_offline.py"]
        words = [*program, command, "--profiles-dir", self.out, "--target-path", target, "--log-path", self.out / "logs", "--no-use-colors"]
        if self.project.get("vars"):
            words += ["--vars", json.dumps(self.project["vars"])]
        done = subprocess.run([str(word) for word in [*words, *more]], cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        (self.out / f"{command}.txt").write_text(done.stdout)
        if done.returncode not in (0, 1) or not (target / "manifest.json").exists():
            print(f"  {self.name} {command}: exit code {done.returncode}\n" + "\n".join("    " + line for line in done.stdout.splitlines()[-15:]))
        return target


def read(path):
    return json.loads(path.read_text()) if path.exists() else {}


def canonical(field, value):
    if field in UNORDERED and isinstance(value, list):
        return sorted(value)
    if field == "depends_on" and isinstance(value, dict):
        return {key: sorted(names) for key, names in value.items()}
    return value


def differing(field, left, right):
    """The names of what differs: a field, or the keys of it that do."""
    if isinstance(left, dict) and isinstance(right, dict) and field not in ("columns", "meta"):
        return [f"{field}.{key}" for key in sorted({*left, *right}) if left.get(key, ...) != right.get(key, ...)]
    return [field]


class Tally:
    """How many of how many are the same, and what differs how often."""

    def __init__(self):
        self.same = self.total = 0
        self.differences = collections.Counter()
        self.examples = {}

    def add(self, what, differences):
        self.total += 1
        self.same += not differences
        for name, left, right in differences:
            self.differences[name] += 1
            self.examples.setdefault(name, (what, left, right))

    def __str__(self):
        return f"{self.same} of {self.total}" if self.total else "–"

    def explain(self, title, width):
        for name, count in self.differences.most_common():
            what, left, right = self.examples[name]
            print(f"  {title}: {count} × {name}, as in {what}\n    dbt       {shown(left, width)}\n    headwater {shown(right, width)}")


def shown(value, width):
    return json.dumps(value, ensure_ascii=False, default=str)[:width]


def manifests(left, right):
    """Compares two manifests: every field of every node, and which nodes are disabled."""
    tally = Tally()
    for section in SECTIONS:
        ours, theirs = (
            {key: node for key, node in (manifest.get(section) or {}).items() if not BUILT_IN.match(key)}
            for manifest in (right, left)
        )
        for key in sorted({*ours, *theirs}):
            if key not in ours or key not in theirs:
                tally.add(key, [(f"{section}: only one has it", key in theirs, key in ours)])
                continue
            found = []
            for field in sorted({*ours[key], *theirs[key]} - IGNORED):
                one, other = (canonical(field, node[key].get(field, "(absent)")) for node in (theirs, ours))
                if one != other:
                    for name in differing(field, one, other):
                        part = name.split(".", 1)[1] if name != field else None
                        values = (one, other) if part is None else (one.get(part, "(absent)"), other.get(part, "(absent)"))
                        found.append((f"{section}.{name}", *values))
            tally.add(key, found)
    for key in sorted({*left.get("disabled", {}), *right.get("disabled", {})}):
        pair = key in left.get("disabled", {}), key in right.get("disabled", {})
        tally.add(key, [] if all(pair) else [("disabled: only one has it", *pair)])
    return tally


def normal(sql):
    """Without what white space and the time of the run make different."""
    return None if sql is None else " ".join(MOMENT.sub("(now)", sql).split())


def compiled(left, right, failed):
    """Compares what nodes compiled to, white space apart; those aside that dbt could not compile without a warehouse."""
    tally = Tally()
    ours, theirs = (manifest.get("nodes", {}) for manifest in (right, left))
    for key, node in sorted(theirs.items()):
        if node["resource_type"] == "seed" or ".".join(node["fqn"]) in failed:
            continue
        one, other = normal(node.get("compiled_code")), normal(ours.get(key, {}).get("compiled_code"))
        if one is None and other is None:
            continue
        found = []
        if one != other:
            if one is not None and other is not None:
                at = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
                one, other = one[max(at - 40, 0) :], other[max(at - 40, 0) :]
            found = [("compiled_code" if one and other else "compiled by one only", one, other)]
        tally.add(key, found)
    return tally


def outcomes(left, right):
    """Compares the outcome of every node of a build: its status, and how many rows failed.

    After a unit test that fails, dbt skips the others of its model, in no order; they are left out."""
    tally = Tally()
    one, other = ({result["unique_id"]: (result["status"], result["failures"]) for result in results.get("results", [])} for results in (left, right))
    messages = [{result["unique_id"]: result["message"] for result in results.get("results", [])} for results in (left, right)]
    for key in sorted({*one, *other}):
        pair = one.get(key), other.get(key)
        if key.startswith("unit_test.") and "skipped" in [status for status, _ in filter(None, pair)]:
            continue
        tally.add(key, [] if pair[0] == pair[1] else [("outcome", [pair[0], messages[0].get(key)], [pair[1], messages[1].get(key)])])
    return tally


def tables(sides, arguments):
    """Compares what the two builds left in the warehouse."""
    tally = Tally()
    files = [str(side.out / "warehouse.duckdb") for side in sides]
    found = run([str(pathlib.Path(arguments.dbt).parent / "python"), str(HERE / "tables.py"), *files], cwd=sides[0].folder)
    for name, differences in json.loads(found.splitlines()[-1]).items():
        tally.add(name, differences)
    return tally


def compare(project, arguments):
    folder = prepare(project, arguments)
    sides = [Side(name, program, project, folder, arguments) for name, program in (("dbt", arguments.dbt), ("headwater", arguments.headwater))]
    left, right = (read(side("parse") / "manifest.json") for side in sides)
    row = {"name": project["name"], "project": project, "parse": manifests(left, right)}
    row["parse"].explain("parse", arguments.width)
    if project.get("seed_first"):
        for side in sides:
            side("seed")
    if project.get("build"):
        left, right = (side("build") for side in sides)
    else:
        left = sides[0]("compile", "--no-populate-cache")
        failed = failures(left)
        right = sides[1]("compile", "--no-populate-cache", *(["--indirect-selection", "empty", "--exclude", *failed] if failed else []))
    row["compile"] = compiled(*(read(target / "manifest.json") for target in (left, right)), set() if project.get("build") else failures(left))
    row["compile"].explain("compile", arguments.width)
    row["build"] = outcomes(*(read(target / "run_results.json") for target in (left, right))) if project.get("build") else Tally()
    row["build"].explain("build", arguments.width)
    row["tables"] = tables(sides, arguments) if project.get("build") else Tally()
    row["tables"].explain("tables", arguments.width)
    print(f"{row['name']}: parse {row['parse']}, compile {row['compile']}, build {row['build']}, tables {row['tables']}", flush=True)
    return row


def failures(target):
    """The nodes that dbt could not compile without a warehouse, by fqn."""
    nodes = read(target / "manifest.json").get("nodes", {})
    failed = {result["unique_id"] for result in read(target / "run_results.json").get("results", []) if result["status"] != "success"}
    failed |= {key for key, node in nodes.items() if node["resource_type"] != "seed" and node.get("compiled_code") is None}
    # What is made of an ephemeral model holds what that compiled to before it failed.
    parts = {key for key in failed if nodes.get(key, {}).get("config", {}).get("materialized") == "ephemeral"}
    while parts:
        made = {key for key, node in nodes.items() if parts.intersection(node.get("depends_on", {}).get("nodes", []))} - failed
        failed |= made
        parts = {key for key in made if nodes[key]["config"].get("materialized") == "ephemeral"}
    return sorted(".".join(nodes[key]["fqn"]) for key in failed if key in nodes)


def table(rows):
    lines = ["| Project | Commit | Warehouse | Parsed alike | Compiled alike | Ran alike | Tables alike |", "|---|---|---|---|---|---|---|"]
    for row in rows:
        project = row["project"]
        lines.append(f"| [{row['name']}]({project['git']}) | {project['commit']} | {project['adapter']} | {row['parse']} | {row['compile']} | {row['build']} | {row['tables']} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dbt")
    parser.add_argument("--headwater")
    parser.add_argument("--cache", type=pathlib.Path)
    parser.add_argument("--left", type=pathlib.Path)
    parser.add_argument("--right", type=pathlib.Path)
    parser.add_argument("--mirror")
    parser.add_argument("--table", type=pathlib.Path)
    parser.add_argument("--again", action="store_true", help="run dbt again where its results are known")
    parser.add_argument("--width", type=int, default=300)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    if arguments.left and arguments.right:
        tally = manifests(read(arguments.left), read(arguments.right))
        tally.explain("nodes", arguments.width)
        print(f"{tally} the same")
        sys.exit(tally.same < tally.total)
    if not (arguments.dbt and arguments.headwater and arguments.cache):
        parser.error("--dbt, --headwater and --cache are needed, or --left and --right")
    arguments.cache = arguments.cache.resolve()
    settings = tomllib.loads((HERE / "projects.toml").read_text())
    arguments.packages = settings["packages"]
    rows = [compare(project, arguments) for project in settings["project"] if not arguments.names or project["name"] in arguments.names]
    text = table(rows)
    print("\n" + text)
    if arguments.table:
        arguments.table.write_text(text)
    sys.exit(any(tally.same < tally.total for row in rows for tally in (row["parse"], row["compile"], row["build"], row["tables"])))


if __name__ == "__main__":
    main()
