#!/usr/bin/env python3
"""Records what PyYAML's C safe loader makes of the snippets below.

Usage: python tests/oracles/pyyaml_cases.py > tests/cases/yaml/pyyaml.json   (needs PyYAML with libyaml)

Each record holds the snippet and either `value`, the Python repr of the result, or `error`, the
one-based line of the problem (null where Python names none).
"""

import json
import sys

import yaml

PLAIN = """
yes|Yes|YES|yEs|no|No|NO|y|Y|n|N|true|True|TRUE|tRUE|false|False|FALSE|on|On|ON|off|Off|OFF|oFF
null|Null|NULL|nULL|~|~~|none|None|nil
0|1|-1|+1|007|010|-010|+010|08|09|0o10|0b101|-0b11|0b|0b2|0x1F|0xfg|-0x1f|+0xA|0X1F|0B1|0_|0_7|1_000|1__0|_1|1_|+|-1_0
00|000|+0|-0|-00|0b_|0b1_0|0x_|0x_F|123456789012345678901234567890|-9223372036854775808|9223372036854775808|18446744073709551616
1:30|1:30:00|01:30|1:60|1:5|12:3:4|1:2:3:4|-1:30|+1:30|0:30|1:3x|190:20:30|1_0:30|9:59|59:99
1.0|1.|.5|-.5|+.5|-1.5|+1.5|1.5e3|1.5e+3|1.5E-3|1e3|1e+3|1.e+3|.5e+3|.5e3|1_0.5|1_0.5_5|1._5|.1_|._1|.|..|1.2.3|1.5e+|0.1|00.1|-0.0|0.0
1e10|6.02e+23|1.0e-10|123456789.123456789|1.7976931348623157e+308|1.8e+308|.inf|-.inf|+.inf|.Inf|.INF|.iNF|.nan|.NaN|.NAN|.Nan|-.nan|inf|nan
1:30.5|1:30.|-1:30.25|190:20:30.15|1:60.5
2024-01-02|2024-1-2|2024-13-01|2024-02-30|2024-02-29|2023-02-29|0000-01-01|0001-01-01|9999-12-31|24-01-02|2024-01-02x|2024/01/02|2024-01
2024-01-02 03:04:05|2024-01-02T03:04:05|2024-01-02t03:04:05|2024-1-2 3:04:05|2024-01-02 03:04|2024-01-02 3:4:5|2024-01-02   03:04:05
2024-01-02T03:04:05Z|2024-01-02T03:04:05+01:00|2024-01-02T03:04:05-05:30|2024-01-02 03:04:05 +2|2024-01-02 03:04:05 Z|2024-01-02 03:04:05z
2024-01-02T03:04:05.1|2024-01-02T03:04:05.123456|2024-01-02T03:04:05.123456789|2024-01-02T03:04:05.|2024-01-02T03:04:05.5Z|2024-01-02T03:04:05.5-08:00
2024-01-02T24:00:00|2024-01-02T23:60:00|2024-01-02T23:59:60|2024-01-02T03:04:05+25:00|2024-01-02T03:04:05+23:59|2024-01-02 03:04:05 -0
=|<<|==|<|<<<|!|a=b
abc|a b|a: b|a:b|a :b|-a|- a|?a|? a|:a|: a|a#b|a #b|#a|,a|a,b|[a|a]|{a|a}|'a|"a|%a|@a|`a|a'b|a"b|&a|*a|!a|>a||a
""".strip("\n")

EXTRA_PLAIN = ["|", "|a", ">", "-", "?", ":", "--", "---", "...", "-\tb", "a\tb", "\ta", "a\t", "é", "日本", "😀", "a\u00a0b",
               "a\u2028b", "a\u0085b", "\ufeffa", "a\u0000b", "a\u0007b", "a\u007fb", "\u200b", "😀: [😀, é]"]

SNIPPETS = [
    "", " ", "\n\n", "# only a comment", "---", "---\n", "---\n...", "...", "--- a", "---\na: 1\n...\n", "---\na: 1\n---\nb: 2", "a: 1\n---\nb: 2",
    "a: 1\n---\n", "--- a\n--- b", "a\n...\nb", "a\n...\n...", "%YAML 1.1\n---\na: 1", "%YAML 1.2\n---\na: 1", "%YAML 2.0\n---\na: 1", "%TAG ! tag:x,2000:\n---\na: 1",
    "%FOO bar\n---\na", "%YAML 1.1\na: 1", "--- # comment\na: 1", "---a: 1", "--- {a: 1}", "---\n- a\n",
    # structure
    "a: 1\nb: 2", "a:\n  b:\n    c: 1", "a:\n- 1\n- 2\nb: 3", "a:\n  - 1\n  - 2", "- a\n- b", "- - a\n  - b\n- c", "- a: 1\n  b: 2\n- c: 3",
    "-\n  a: 1\n-\n  b: 2", "- a:\n    - 1\n  b: 2", "a:\n\n\n  b: 1\n\n\nc: 2", "a: 1\n  b: 2", "a:\n    b: 1\n  c: 2", "  a: 1\n  b: 2", "  a: 1\n b: 2", "a: 1\n b: 2",
    "a:\n  - 1\n - 2", "a:\n  - 1\n  b: 2", "- a\nb: 1", "a: - 1", "a: 1\n- b", "a: b: c", "a: 'b': c", "a: b\n c: d", "a\nb", "a\nb: c", "a:\nb:\nc:", "a:\n  b\n  c", "a:\n  b\nc",
    "a: b\n  c\n  d", "a: b\n\n  c", "a: b\n\n\n  c\n", "a:  b  \nc:   d", "a: b # comment\nc: d", "a: b# not\nc: d", "a: #comment\n  b", "a: # c\n  - b", "# c\na: 1\n# d\n  # e\nb: 2",
    "a: 1\n#\n", "- # c\n  a", "a:\n# c\n  b: 1\n# d\n  c: 2", "a: b\n # c\n c", "? a\n: b", "? a\n? b", "? a\n  b\n: c", "? - a\n: b", "? {a: 1}\n: b", "? [a]\n: b", "? |\n  a\n: b", ": a", "? ", "a: ? b",
    "a: !!str\nb: 1", "a:b\n", "a:\tb", "a: \tb", "a:\n\tb", "a:\n\tb: 1", "\ta: 1", "a:\n  b: 1\n\tc: 2", "-\ta", "- \ta", "-\ta: 1", "a: b\t# c", "a: b\t", "a: [\tb,\tc\t]", "a:\n  - b\n\t- c", "\t", "a: 1\n\t", "a: 1\n\t\nb: 2", "a: 1\n\t# c\nb: 2",
    "a: |\n\tb", "a: |\n  b\n\tc", "a: >\n  \tb", "a: 'b\n\tc'", "a: \"b\n\tc\"", "a: b\n\tc",
    "\"a\": b", "'a': b", "\"a\" : b", "a : b", "a  :  b", "\"a\":b", "{\"a\":b}", "{\"a\":1}", "{a:1}", "{a: 1}", "{a:1, b: 2}", "{a}", "{a, b: c}", "{a: , b: }", "{: a}", "{}", "[]", "[a]", "[a, b]", "[a, b,]", "[a,,b]", "[,a]", "[,]", "{,}", "{a: 1,}", "[a b, c d]",
    "[a: 1]", "[a: 1, b: 2]", "[? a : b]", "[a:b]", "[a :b]", "[:a]", "[ : a]", "[http://x.y/z]", "{a: http://x.y}", "[a, [b, c], {d: e}]", "[a\n, b\n]", "[\na,\nb\n]", "{\na: 1,\nb: 2\n}", "a: [b\nc]", "a: [\nb]", "a: [b,\n  c]", "a: {b: 1,\nc: 2}", "a: [b\n  c]", "a: [b", "a: {b", "a: {b: c", "a: ]", "a: }", "a: [b}", "a: {b]", "[a]b", "[a] b", "{a: 1} b", "[a]: b", "{a: 1}: b",
    "a: [b]: c", "[[[[a]]]]", "[a, # c\n b]", "[a # c\n]", "[a#b]", "[a, 'b', \"c\", 1, yes, ~, 2024-01-01, 1.5]", "[- a]", "[-a, -1]", "[-]", "[-, a]", "[?]", "[?a]", "[? ]", "{?a: 1}", "{? a: 1}", "{? a}", "{?}", "[a?, b]", "[a: b: c]", "{a: b: c}", "{a: {b: {c: 1}}}", "{[a]: b}", "{{a}}", "{{ a }}", "a: {{ b }}", "a: \"{{ b }}\"", "a: {{ b }} c", "- {{ a }}", "a: '{{ b }}' c", "a: x {{ b }}", "a: {% if x %}", "a: [{% x %}]", "{a: |\n  b}", "[a, |\n b]", "[\"a\": b]", "[\"a\":b]", "['a':b]", "{a: b}c: d", "{a: [b, c]: d}",
    "a: [1, 2\nb: 3", "a: [1, 2\n\nb: 3]", "a:\n[b]", "a:\n  [b,\nc]", "a:\n{b: c}", "{a: 1}\n{b: 2}", "[a]\n[b]", "{a: 'b\n c'}", "[a,\n---\nb]", "[\n...\n]",
    # quoting
    "''", "\"\"", "'a''b'", "'a\"b'", "\"a'b\"", "'a", "\"a", "'a' b", "\"a\" b", "a: 'b' c", "a: 'b'c", "'a\nb'", "'a\n\nb'", "'a\n  b  \n  c'", "\"a\nb\"", "\"a\n\n\nb\"", "\"a \n  b\"", "\"a\\\n  b\"", "\"a \\\n  \\ b\"", "' a '", "'a\\nb'", "\"a\\nb\"", r'"\0\a\b\t\n\v\f\r\e\ \"\/\\\N\_\L\P"', r'"\x41\u00e9\U0001F600"', r'"\xZZ"', r'"\u12"', r'"\q"', r'"\d"', r'"a\.b"', r'"\'"', r'"\ud83d"', r'"\ud83d\ude00"', r'"\U00110000"',
    "a: 'x\nb: y", "a: 'it's'", "a: \"say \"hi\"\"", "a: 'b\n---\nc'", "a: 'b\n...\n'", "a: \"b\n--- \nc\"", "'a': 1\n\"b\": 2", "'yes'", "\"1\"", "'~'", "'<<': a", "\"<<\": {a: 1}", "'a'#b", "'a' #b", "- 'a'\n- \"b\"", "a: 'b'\n  c", "? 'a\n  b'\n: c", "'a\n b': c", "\"a\n b\": c", "a\n b: c",
    # block scalars
    "a: |\n  b\n  c\n", "a: |\n  b\n  c", "a: |-\n  b\n  c\n", "a: |+\n  b\n\n\n", "a: |\n  b\n\n\n", "a: |-\n  b\n\n\n", "a: |2\n   b\n  c", "a: |1\n b\n  c", "a: |2-\n   b", "a: |-2\n   b", "a: |0\n b", "a: |10\n b", "a: |9\n b", "a: |\n\n\n  b", "a: |\n    \n  b", "a: |\n   \n\n  b", "a: |\nb: 1", "a: |\n", "a: |", "a: |+", "a: |-", "a: >", "a: | # c\n  b", "a: |# c\n  b", "a: |\n  # b\n  c", "a: |\n  b\n # c\n  d", "a: |\n  b\n# c\nd: 1", "a: |\n  b\n c: d", "a: |\n  b\n   c\n  d", "a: | b\n  c",
    "a: >\n  b\n  c\n", "a: >\n  b\n\n  c\n", "a: >\n  b\n    c\n  d\n", "a: >\n  b\n\n    c\n\n  d\n", "a: >-\n  b\n  c\n\n", "a: >+\n  b\n  c\n\n", "a: >\n\n  b", "a: >\n    b\n   c", "a: >\n  b \n  c", "a: >\n  b\n  \n  c", "a: >\n  * b\n  * c\n", "a: >2\n    b\n  c", "- |\n a\n- >\n b", "- |\n  a\n- b", "-   |\n  a", "|\n  a", "|\na", ">\n a\n b", "--- |\n  a", "--- |\na", "a:\n  |\n  b", "a:\n  |\n    b", "a: |\n  b\n...\nc", "a: |\n  b\n---\nc", "a: |\n  b:\n    c\n  - d", "a: |\n \n  b", "a: |\n  \tb", "a: |\n  b\t\n  c", "a: !!str |\n  b", "a: &x |\n  b\nc: *x",
    "a: |\r\n  b\r\n  c\r\nd: 1\r\n", "a: 1\r\nb: 2\r\n", "a: 1\rb: 2", "a: 'b\r\n c'", "- a\r\n- b\r\n", "a: >\r\n  b\r\n  c\r\n", "a: \"b\\\r\n  c\"",
    # anchors, aliases, merges
    "a: &x 1\nb: *x", "a: &x [1, 2]\nb: *x", "a: &x {b: 1}\nc: *x", "*x", "a: *x", "a: &x 1\nb: &x 2\nc: *x", "a: &x\nb: *x", "&x a: 1\nb: *x", "&x\na: 1", "&x {a: 1}", "a: &x *x", "a: &x [*x]", "- &x a\n- *x", "*x : a", "&x a: b\n*x : c", "a: &x b\n*x: c", "a: &x y\n? *x\n: z", "[&x a, *x]", "{a: &x 1, b: *x}", "{a: &x 1, *x : b}", "a: & b", "a: &x-y_1 b\nc: *x-y_1", "a: &é b", "a: &x.y b", "a: &x:y b", "a: &x, b", "[&x, b]", "a: * b", "a: &x &y b", "a: &x !!str 1\nb: *x", "a: !!str &x 1\nb: *x", "a: *x b",
    "x: &d {a: 1, b: 2}\ny:\n  <<: *d\n  b: 3", "x: &d {a: 1}\ny:\n  b: 3\n  <<: *d", "x: &d {a: 1}\ny:\n  a: 3\n  <<: *d", "x: &d {a: 1}\nz: &e {a: 2, b: 3}\ny:\n  <<: [*d, *e]\n  c: 4", "x: &d {a: 1}\nz: &e {b: 3}\ny:\n  <<: *d\n  <<: *e", "y: {<<: {a: 1}, b: 2}", "y: {<<: 1}", "y: {<<: [1]}", "y: {<<: }", "y: {<<: []}", "y: {<<: {}}", "- <<", "<<: {a: 1}", "a: <<", "x: &d {<<: {a: 1}, b: 2}\ny: {<<: *d}", "y: {'<<': {a: 1}}", "y: {!!merge x: {a: 1}}", "y: {!!str <<: {a: 1}}", "=: a", "{=: 1, a: 2}", "a: {=: 1}", "a: !!str {=: 1}", "a: !!int {=: 1}", "a: =", "- =",
    # tags
    "!!str 1", "!!str", "!!int 1", "!!int '1'", "!!int abc", "!!int ''", "!!int 1.5", "!!int '010'", "!!int '-5'", "!!float 1", "!!float '1.5'", "!!float 1e3", "!!float abc", "!!float inf", "!!float .inf", "!!bool yes", "!!bool 'yes'", "!!bool y", "!!bool YeS", "!!bool 1", "!!null a", "!!null ''", "!!timestamp 2024-01-02", "!!timestamp '2024-01-02'", "!!timestamp 2024-1-2", "!!timestamp abc", "!!seq [a]", "!!seq {a: 1}", "!!map {a: 1}", "!!map [a]", "!!set {a, b}", "!!set {a: 1}", "!!set [a]", "!!omap [a: 1, b: 2]", "!!omap {a: 1}", "!!omap [a]", "!!pairs [a: 1, a: 2]", "!foo a", "!foo [a]", "!foo {a: 1}", "!!foo a", "!<tag:yaml.org,2002:str> 1", "!<foo> a", "! 1", "! a", "! [1]", "!e!x a", "a: ! 'b'", "%TAG !e! tag:yaml.org,2002:\n---\n!e!str 1", "!!python/object:x a", "!!python/tuple [a]", "!!str [a]", "!!str {a: 1}", "!!int [1]", "!!null [a]", "!!null {a: 1}", "a: !!str\n  b", "a: !!map\n  b: 1", "a: !!seq\n- b", "!!str yes: 1", "!!yaml a", "!!%73tr 1",
    # keys
    "1: a\n2: b", "1: a\n'1': b", "1: a\n1.0: b\ntrue: c", "yes: a\nno: b", "on: a\noff: b\non: c", "~: a", "null: a\n~: b", ": a\n", "2024-01-01: a", "1.5: a", "0x10: a\n16: b", "a: 1\na: 2", "a: 1\nb: 2\na: 3", "a: 1\n'a': 2", "{a: 1, a: 2}", "a:\n  b: 1\n  b: 2", "[1]: a", "1_000: a", "010: a", "1:30: b", "a b: c", "a.b: c", "a-b: c", "+a: b", "-a: b", "?a: b", ":a: b", "a?: b", "a:: b", "a:b: c", "a#b: c", "a #b: c", "\"a: b\": c", "'a # b': c", "<a>: b", "a'b: c", "a\"b: c", "@a: b", "`a: b", "%a: b", "- %a", " %a: b", "a: %b", "a: @b", "a: `b`", "a: ,b", "a: ]b", "a: }b", "a: |b", "a: >b", "a: -b", "a: -", "a: - ", "a: ?b", "a: :b", "a: :", "a: ::", "a: b:", "a: b: ", "a: b :c", "a:  ", "a:   # c", "a: *b", "a: &b", "a: !b", "a: #b", "a: b #", "a: \"b\" #c", "a: \"b\"#c",
    "k" * 1025 + ": 1", "? " + "k" * 1025 + "\n: 1", "'" + "k" * 1025 + "': 1", "{" + "k" * 1025 + ": 1}", "[" * 30 + "]" * 30, "a: " + "b" * 2000,
    # as dbt projects write them
    "version: 2\n\nmodels:\n  - name: a\n    description: >\n      Two\n      lines.\n    columns:\n      - name: id\n        tests: [unique, not_null]\n      - name: x\n        data_tests:\n          - accepted_values:\n              arguments: {values: ['a', 'b', yes, 1]}\n",
    "models:\n  p:\n    +materialized: table\n    staging:\n      +schema: stg\n      +tags: [a, b]\n    +persist_docs:\n      relation: true\n", "vars:\n  start: 2020-01-01\n  list: [1, 2]\n  'quoted': \"{{ x }}\"\n", "on-run-start: \"create schema if not exists {{ target.schema }}\"\non-run-end:\n  - \"{{ f() }}\"\n  - select 1\n", "sources:\n  - name: raw\n    tables:\n    - name: t\n      freshness: {warn_after: {count: 12, period: hour}}\n", "name: 'a'\nversion: '1.0.0'\nconfig-version: 2\nrequire-dbt-version: [\">=1.0.0\", \"<2.0.0\"]\n", "description: \"{{ doc('x') }}\"\n", "description: a: b\n", "description: it's - fine, really?\n", "where: \"x > 1 and y = 'a'\"\n", "expression: \"= 'x'\"\n", "expression: > 0\n", "expression: >= 0\n", "expression: '>= 0'\n", "regex: ^[a-z]+$\n", "regex: \"\\d+\"\n", "regex: '\\d+'\n", "date: 2020-01-01\nnext: 2020-01-01 00:00:00\n", "cron: 0 * * * *\n", "cron: * * * *\n", "pct: 50%\n", "pct: %50\n", "email: a@b.c\n", "url: https://a.b/c?d=e&f=g#h\n", "time: 12:30\n", "time: 12:30:45\n", "version: 1.10\nport: 0o17\n", "- name: a\n   b: c\n", "- name: a\n b: c\n", "models:\n- name: a\n  columns:\n  - name: b\n  description: c\n", "models:\n - name: a\n   columns:\n    - name: b\n - name: c\n", "a: \"b\"\n\"c\"\n", "a: 'b\n\n\n  c'\nd: 1\n", "tags: [a, b", "tags: a, b", "tags: ['a', 'b'", "meta: {a: [1, {b: 2}]}\n", "meta:\n  owner: \"@x\"\n", "config: {materialized: table, 'unique_key': [a, b]}\n", "k: 'a'\\n", "k: v\n\n\n\n", "\n\n\nk: v", "k:\n    - a\n    -  b\n    -   c\n", "k:\n  - a\n   - b\n", "k:\n  -a\n  -b\n", "k:\n  - a: 1\n    b:\n      - 2\n    c: 3\n  -\n    d: 4\n", "k: [a,\nb,\n# c\nd]\n",
]


def plain(value):
    if isinstance(value, (set, tuple)):
        return [plain(item) for item in sorted(value, key=str)] if isinstance(value, set) else [plain(item) for item in value]
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def record(text):
    try:
        return {"text": text, "value": repr(plain(yaml.load(text, Loader=yaml.CSafeLoader)))}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return {"text": text, "error": mark.line + 1 if mark else None}
    except (ValueError, KeyError, AttributeError, TypeError, IndexError, RecursionError):
        return {"text": text, "error": None}


def main():
    scalars = [word for line in PLAIN.split("\n") for word in line.split("|")] + EXTRA_PLAIN
    texts = [f"v: {scalar}" for scalar in scalars] + [f"[{scalar}, x]" for scalar in scalars] + scalars + SNIPPETS
    seen = dict.fromkeys(texts)
    json.dump([record(text) for text in seen], sys.stdout, indent=0, ensure_ascii=True)
    print()


if __name__ == "__main__":
    main()
