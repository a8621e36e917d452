//! What is measured, and how each run is prepared.

use std::path::Path;
use std::{fs, io};

use super::project::{self, Shape};

/// One line of the table.
pub struct Case {
    pub name: &'static str,
    /// What the report calls it.
    pub title: &'static str,
    pub arguments: &'static [&'static str],
    pub before: Before,
    pub project: Project,
    pub goals: &'static [Goal],
}

impl Case {
    /// Headwater, and those that it has a goal against.
    pub fn measures(&self, tool: &str) -> bool {
        tool == super::tools::HEADWATER || self.goals.iter().any(|goal| goal.rival == tool)
    }
}

/// The project that a case works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Project {
    /// The large one, which is only read.
    Large,
    /// The one that is built.
    Built,
}

impl Project {
    pub fn name(self) -> &'static str {
        match self {
            Project::Large => "large",
            Project::Built => "built",
        }
    }

    /// Its shape when the large project has so many models.
    pub fn shape(self, models: usize) -> Shape {
        match self {
            Project::Large => Shape::Layers(models),
            Project::Built => Shape::Layers(models / 5),
        }
    }
}

/// What is done before each run that is measured; nothing of it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// There is no output of earlier runs.
    Cold,
    Nothing,
    ModelChanges,
    MacroChanges,
    ProjectFileChanges,
    /// The warehouse is as it was before the first run.
    FreshWarehouse,
}

impl Before {
    /// Whether nothing is left of the run before.
    pub fn is_fresh(self) -> bool {
        matches!(self, Before::Cold | Before::FreshWarehouse)
    }
}

/// What Headwater is to reach against a rival.
pub struct Goal {
    /// The rival's name, or `growth`.
    pub rival: &'static str,
    pub figure: Figure,
    pub at_least: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    Wall,
    Cpu,
    Memory,
}

impl Figure {
    pub fn title(self) -> &'static str {
        match self {
            Figure::Wall => "wall",
            Figure::Cpu => "CPU",
            Figure::Memory => "memory",
        }
    }
}

const fn goal(rival: &'static str, figure: Figure, at_least: f64) -> Goal {
    Goal { rival, figure, at_least }
}

pub const CASES: &[Case] = &[
    Case {
        name: "cold",
        title: "parse, cold",
        arguments: &["parse"],
        before: Before::Cold,
        project: Project::Large,
        goals: &[
            goal("dbt2", Figure::Wall, 20.0),
            goal("dbt2", Figure::Cpu, 12.0),
            goal("dbt2", Figure::Memory, 5.0),
            goal("dbt1", Figure::Wall, 100.0),
            goal("dbt1", Figure::Memory, 1.0),
        ],
    },
    Case {
        name: "unchanged",
        title: "parse, nothing changed",
        arguments: &["parse"],
        before: Before::Nothing,
        project: Project::Large,
        goals: &[goal("dbt2", Figure::Wall, 60.0), goal("dbt1", Figure::Wall, 60.0)],
    },
    Case {
        name: "model",
        title: "parse, one model changed",
        arguments: &["parse"],
        before: Before::ModelChanges,
        project: Project::Large,
        goals: &[goal("dbt2", Figure::Wall, 40.0)],
    },
    Case {
        name: "macro",
        title: "parse, a macro that everything calls changed",
        arguments: &["parse"],
        before: Before::MacroChanges,
        project: Project::Large,
        goals: &[goal("dbt2", Figure::Wall, 20.0)],
    },
    Case {
        name: "project",
        title: "parse, the project file changed",
        arguments: &["parse"],
        before: Before::ProjectFileChanges,
        project: Project::Large,
        goals: &[goal("dbt2", Figure::Wall, 20.0)],
    },
    Case {
        name: "ls",
        title: "ls with a graph selector",
        arguments: &["ls", "--select", "+stg_0+"],
        before: Before::Nothing,
        project: Project::Large,
        goals: &[goal("dbt2", Figure::Wall, 50.0)],
    },
    Case {
        name: "compile",
        title: "compile everything, files written",
        arguments: &["compile"],
        before: Before::Cold,
        project: Project::Large,
        goals: &[goal("dbt2", Figure::Wall, 12.0), goal("dbt1", Figure::Wall, 100.0)],
    },
    Case {
        name: "build",
        title: "build on DuckDB, two threads",
        arguments: &["build"],
        before: Before::FreshWarehouse,
        project: Project::Built,
        goals: &[goal("dbt2", Figure::Wall, 2.0), goal("dbt1", Figure::Wall, 8.0)],
    },
];

/// Prepares run `number` in `folder`.
///
/// # Errors
/// What the file system answers.
pub fn prepare(before: Before, folder: &Path, number: usize) -> io::Result<()> {
    match before {
        Before::Nothing => Ok(()),
        Before::Cold => put_aside(folder),
        Before::ModelChanges => change(&folder.join(MODEL), &format!("\n-- change {number}\n")),
        Before::MacroChanges => {
            change(&folder.join(project::MACROS), &format!("\n{{# change {number} #}}\n"))
        }
        Before::ProjectFileChanges => {
            change(&folder.join("dbt_project.yml"), &format!("\n# change {number}\n"))
        }
        Before::FreshWarehouse => {
            put_aside(folder)?;
            fs::copy(folder.join(RAW_WAREHOUSE), folder.join(WAREHOUSE)).map(|_| ())
        }
    }
}

const MODEL: &str = "models/staging/d0/stg_0.sql";
pub const WAREHOUSE: &str = "bench.duckdb";
pub const RAW_WAREHOUSE: &str = "raw.duckdb";

/// Where output lies until everything has been measured.
pub const ASIDE: &str = "aside";

/// Output goes aside, for ext4 looks at each inode that was freed in the last minute whenever it needs a new
/// one: after thousands were deleted, whoever writes files waits for that.
fn put_aside(folder: &Path) -> io::Result<()> {
    let target = folder.join("target");
    if !target.exists() {
        return Ok(());
    }
    let aside = folder.with_file_name(ASIDE);
    fs::create_dir_all(&aside)?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let number = fs::read_dir(&aside)?.count();
    fs::rename(target, aside.join(format!("{name}-{number}")))
}

/// Deletes what was put aside.
///
/// # Errors
/// What the file system answers.
pub fn clean_up(cache: &Path) -> io::Result<()> {
    match fs::remove_dir_all(cache.join(ASIDE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn change(path: &Path, line: &str) -> io::Result<()> {
    let text = fs::read_to_string(path)?;
    fs::write(path, text + line)
}
