//! What parsing finds in Python models.

use std::process::{Command, Stdio};

use crate::program::{Project, call};

#[test]
fn faults_are_told_at_their_place() {
    let project = Project::new(&[
        ("models/good.py", "def model(dbt, session):\n    return dbt.ref('x')\n"),
        ("models/x.sql", "select 1 as id"),
        ("models/bad.py", "\ndef model(dbt, session):\n    return dbt.ref('x'\n"),
    ]);
    // What can be told without Python is told without it.
    let without = [("HEADWATER_PYTHON", "/nowhere/python")];
    call(project.root(), &without, &["parse"])
        .exits(2)
        .says("'(' was never closed")
        .says("models/bad.py:3:19");
    project.write(&[("models/bad.py", "def model(dbt):\n    return 1, 2\n")]);
    call(project.root(), &without, &["parse"])
        .exits(2)
        .says("model function should have two args")
        .says("should return only one dataframe object")
        .says("models/bad.py:1:1");
    let python = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    if python.is_err() {
        eprintln!("skipped: Python's own syntax errors (there is no `python3`)");
        return;
    }
    project.write(&[("models/bad.py", "\ndef model(dbt, session):\n    x = = 1\n    return x\n")]);
    project.call(&["parse"]).exits(2).says("invalid syntax (bad.py, line 2)").says("models/bad.py:3:9");
    // The file alone is read again when nothing else has changed.
    project.write(&[("models/bad.py", "def model(dbt, session):\n    return dbt.ref('x')\n")]);
    project.call(&["parse"]).exits(0);
    project.write(&[("models/bad.py", "def model(dbt, session):\n    return dbt.ref('x') +\n")]);
    project.call(&["parse"]).exits(2).says("invalid syntax (bad.py, line 2)");
}
