#!/usr/bin/env python3
"""Records how dbt 1.11 reads project files and profiles: the settings, or the error.

Usage: python tests/oracles/project_config.py tests/cases/load/settings.json   (needs dbt-core, dbt-duckdb)
"""

import json
import os
import sys
import tempfile
from argparse import Namespace

os.environ.update(DBT_SEND_ANONYMOUS_USAGE_STATS="false", DO_NOT_TRACK="1")

from dbt.config.runtime import load_profile, load_project  # noqa: E402
from dbt.flags import set_from_args  # noqa: E402
from dbt_common.context import set_invocation_context  # noqa: E402

BASE = "name: p\nprofile: p\n"
PROFILES = """
p:
  target: dev
  outputs:
    dev: {type: duckdb, path: dev.duckdb, threads: 3}
    prod: {type: duckdb, path: 'out/prod.db', schema: analytics, settings: {a: 1}}
    broken: {type: duckdb, path: "{{ env_var('NOT_SET') }}"}
    odd: nothing
    typeless: {path: x}
    strange: {type: oracle9}
empty:
no_outputs: {target: dev}
by_env:
  target: "{{ env_var('WHERE', 'dev') }}"
  outputs:
    dev: {type: duckdb, path: ':memory:', schema: "s_{{ env_var('SUFFIX', 'x') }}", threads: "{{ env_var('N', 2) | as_number }}"}
    there: {type: duckdb, path: "{{ var('file', 'f.duckdb') }}"}
    secret: {type: duckdb, path: ':memory:', motherduck_token: "{{ env_var('DBT_ENV_SECRET_TOKEN') }}"}
default_only:
  outputs:
    default: {type: duckdb, path: 'd.duckdb'}
"""

# name, project file, options
CASES = [
    ("smallest", "name: p\nprofile: p\n", {}),
    ("all paths", BASE + "model-paths: [m, 'n/']\nseed-paths: [s]\nmacro-paths: []\ntest-paths: [t]\nanalysis-paths: [a]\nsnapshot-paths: [sn]\nfunction-paths: [f]\ndocs-paths: [d]\nasset-paths: [as]\nclean-targets: [target, x]\npackages-install-path: pkgs\n", {}),
    ("docs paths of slashes", BASE + "model-paths: ['models/', 'models']\n", {}),
    ("null paths", BASE + "model-paths:\nseed-paths: null\n", {}),
    ("old names", BASE + "source-paths: [m]\ndata-paths: [s]\ntarget-path: out\nlog-path: l\n", {}),
    ("both names", BASE + "source-paths: [m]\nmodel-paths: [m]\n", {}),
    ("both seed names", BASE + "data-paths: [m]\nseed-paths: [m]\n", {}),
    ("unknown key", BASE + "modells: {}\n", {}),
    ("underscored key", BASE + "model_paths: [m]\n", {}),
    ("archive", BASE + "archive: {}\n", {}),
    ("dashed name", "name: my-project\nprofile: p\n", {}),
    ("name with digit", "name: 1p\nprofile: p\n", {}),
    ("number name", "name: 1\nprofile: p\n", {}),
    ("unicode name", "name: projeté\nprofile: p\n", {}),
    ("reserved name", "name: model\nprofile: p\n", {}),
    ("no name", "profile: p\n", {}),
    ("empty file", "", {}),
    ("a list", "- a\n", {}),
    ("name as template", "name: \"{{ 'p' ~ 'q' }}\"\nprofile: p\n", {}),
    ("version text", BASE + "version: '1.0.0'\n", {}),
    ("version two parts", BASE + "version: '1.0'\n", {}),
    ("version float", BASE + "version: 1.5\n", {}),
    ("version wrong", BASE + "version: invalid\n", {}),
    ("config version", BASE + "config-version: 2\n", {}),
    ("config version text", BASE + "config-version: '2'\n", {}),
    ("requires", BASE + "require-dbt-version: '>=1.0.0'\n", {}),
    ("requires list", BASE + "require-dbt-version: ['>=1.0.0', '<2.0.0']\n", {}),
    ("requires commas", BASE + "require-dbt-version: '>=1.0.0,<2.0.0'\n", {}),
    ("requires old", BASE + "require-dbt-version: ['>=1.0.0', '<1.5.0']\n", {}),
    ("requires impossible", BASE + "require-dbt-version: ['>2.0.0', '<1.5.0']\n", {}),
    ("requires nonsense", BASE + "require-dbt-version: abc\n", {}),
    ("requires unchecked", BASE + "require-dbt-version: '>2.0.0'\n", {"version_check": False}),
    ("version before keys", BASE + "nonsense: 1\nrequire-dbt-version: '>2.0.0'\n", {}),
    ("dispatch", BASE + "dispatch: [{macro_namespace: dbt_utils, search_order: [p, dbt_utils]}]\n", {}),
    ("dispatch incomplete", BASE + "dispatch: [{macro_namespace: a}]\n", {}),
    ("dispatch text order", BASE + "dispatch: [{macro_namespace: a, search_order: b}]\n", {}),
    ("dispatch text", BASE + "dispatch: a\n", {}),
    ("tests", BASE + "tests: {p: {+severity: warn}}\n", {}),
    ("data tests", BASE + "data_tests: {p: {+severity: warn}}\n", {}),
    ("tests twice", BASE + "tests: {a: {}}\ndata_tests: {b: {}}\n", {}),
    ("vars", BASE + "vars: {a: 1, p: {b: '{{ kept }}'}, d: 2024-01-01}\n", {}),
    ("vars list", BASE + "vars: [1]\n", {}),
    ("vars null", BASE + "vars:\n", {}),
    ("models null", BASE + "models:\nseeds:\nsnapshots:\n", {}),
    ("models list", BASE + "models: [a]\n", {}),
    ("models text", BASE + "models: a\n", {}),
    ("paths text", BASE + "model-paths: models\n", {}),
    ("paths numbers", BASE + "model-paths: [1]\n", {}),
    ("hooks", BASE + "on-run-start: \"{{ f() }}\"\non-run-end: ['a', '{{ b }}']\n", {}),
    ("hooks null", BASE + "on-run-start:\n", {}),
    ("hooks dict", BASE + "on-run-start: {a: 1}\n", {}),
    ("hooks numbers", BASE + "on-run-start: [1]\n", {}),
    ("quoting", BASE + "quoting: {database: true, schema: false, identifier: false}\n", {}),
    ("quoting project", BASE + "quoting: {project: true}\n", {}),
    ("quoting unknown", BASE + "quoting: {databse: true}\n", {}),
    ("quoting text", BASE + "quoting: {schema: 'maybe'}\n", {}),
    ("comment", BASE + "query-comment: \"hi {{ user }}\"\n", {}),
    ("comment mapping", BASE + "query-comment: {comment: x, append: true}\n", {}),
    ("comment null", BASE + "query-comment:\n", {}),
    ("comment number", BASE + "query-comment: 1\n", {}),
    ("comment unknown", BASE + "query-comment: {commen: x}\n", {}),
    ("restrict", BASE + "restrict-access: yes\n", {}),
    ("restrict text", BASE + "restrict-access: maybe\n", {}),
    ("cloud", BASE + "dbt-cloud: {project-id: 1}\n", {}),
    ("cloud text", BASE + "dbt-cloud: Some string\n", {}),
    ("templates", BASE + "models:\n  p:\n    +schema: \"{{ target.name }}_{{ target.schema }}\"\n    +enabled: \"{{ target.name == 'dev' }}\"\n    +tags: [\"{{ 'a' ~ 1 }}\", \"{{ 1 + 1 }}\"]\n    +meta: {when: 2024-01-01, pi: 3.5}\n    +pre-hook: \"{{ kept }}\"\n    +post_hook: [\"{{ kept }}\"]\nseeds: {p: {+quote_columns: \"{{ true }}\"}}\n", {}),
    ("templates keep types", BASE + "models: {p: {+a: \"{{ 1 }}\", +b: \"{{ '1' }}\", +c: \"{{ [1, 'x'] }}\", +d: \"{{ {'k': none} }}\", +e: \"x{{ 1 }}\", +f: \"{{ '1' | as_number }}\", +g: \"{{ 'True' | as_bool }}\", +h: \"{{ undefined_name }}\", +i: \"{# c #}\"}}\n", {}),
    ("var", BASE + "models: {p: {+schema: \"{{ var('s') }}\", +alias: \"{{ var('t', 'd') }}\"}}\n", {"vars": {"s": "from_cli"}}),
    ("var missing", BASE + "models: {p: {+schema: \"{{ var('s') }}\"}}\n", {}),
    ("var of the project is not there", BASE + "vars: {s: 1}\nmodels: {p: {+schema: \"{{ var('s') }}\"}}\n", {}),
    ("environment", BASE + "models: {p: {+schema: \"{{ env_var('SET') }}\", +alias: \"{{ env_var('NOT_SET', 'd') }}\"}}\n", {"env": {"SET": "value"}}),
    ("environment missing", BASE + "models: {p: {+schema: \"{{ env_var('NOT_SET') }}\"}}\n", {}),
    ("secret in a project", BASE + "models: {p: {+schema: \"{{ env_var('DBT_ENV_SECRET_X') }}\"}}\n", {"env": {"DBT_ENV_SECRET_X": "s"}}),
    ("template syntax", BASE + "models: {p: {+schema: '{{ foo '}}\n", {}),
    ("target prod", BASE, {"target": "prod"}),
    ("target unknown", BASE, {"target": "prd"}),
    ("target odd", BASE, {"target": "odd"}),
    ("target typeless", BASE, {"target": "typeless"}),
    ("target strange", BASE, {"target": "strange"}),
    ("target broken", BASE, {"target": "broken"}),
    ("threads given", BASE, {"threads": 7}),
    ("profile unknown", "name: p\nprofile: q\n", {}),
    ("profile empty", "name: p\nprofile: empty\n", {}),
    ("profile without outputs", "name: p\nprofile: no_outputs\n", {}),
    ("profile given", BASE, {"profile": "default_only"}),
    ("profile template", "name: p\nprofile: \"{{ env_var('PROFILE', 'p') }}\"\n", {}),
    ("no profile", "name: p\n", {}),
    ("profile by environment", "name: p\nprofile: by_env\n", {"env": {"SUFFIX": "y", "N": "5"}}),
    ("target by environment", "name: p\nprofile: by_env\n", {"env": {"WHERE": "there"}, "vars": {"file": "v.duckdb"}}),
    ("secret in a profile", "name: p\nprofile: by_env\n", {"target": "secret", "env": {"DBT_ENV_SECRET_TOKEN": "hush"}}),
]

FIELDS = """project_name profile_name model_paths macro_paths seed_paths test_paths analysis_paths snapshot_paths
function_paths asset_paths clean_targets packages_install_path quoting models seeds snapshots sources data_tests
unit_tests on_run_start on_run_end dispatch restrict_access""".split()


def settings(root, options):
    """Everything that a project and its profile come to."""
    env = {**os.environ, **options.get("env", {})}
    set_invocation_context(env)
    args = Namespace(
        PROFILES_DIR=root, profiles_dir=root, PROJECT_DIR=root, project_dir=root, vars=options.get("vars", {}),
        target_path=None, TARGET_PATH=None, version_check=options.get("version_check", True),
    )
    set_from_args(args, None)
    profile = load_profile(root, args.vars, options.get("profile"), options.get("target"), options.get("threads"))
    project = load_project(root, args.version_check, profile, args.vars)
    shown = {name: getattr(project, name) for name in FIELDS}
    shown["docs_paths"] = sorted(project.docs_paths)
    shown["version"] = str(project.version) if project.version is not None else None
    shown["vars"] = project.vars.to_dict()
    shown["dbt_version"] = [str(version) for version in project.dbt_version]
    shown["query_comment"] = project.query_comment.comment
    shown["target"] = profile.to_target_dict()
    return shown


def main():
    records = []
    for name, text, options in CASES:
        with tempfile.TemporaryDirectory() as root:
            with open(f"{root}/dbt_project.yml", "w") as file:
                file.write(text)
            with open(f"{root}/profiles.yml", "w") as file:
                file.write(PROFILES)
            record = {"name": name, "project": text, "options": options}
            try:
                record["settings"] = settings(root, options)
            except Exception as error:  # every error of dbt's is an outcome
                record["error"] = str(error).replace(root, "<root>").replace(os.path.expanduser("~"), "~")
            records.append(record)
    with open(sys.argv[1], "w") as file:
        json.dump({"profiles": PROFILES, "cases": records}, file, indent=1, default=str, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
