//! How cost grows: four times the project, and projects of unusual shape.

use std::path::Path;
use std::{fs, io};

use super::measure::{self, Runs};
use super::project::{self, Shape};
use super::tools::Tool;
use super::{Options, cases};

/// One project that Headwater alone parses cold.
pub struct Growth {
    pub title: String,
    pub models: usize,
    pub runs: Runs,
}

/// The plain project first, then four times as much, then the unusual ones.
///
/// # Errors
/// A parse that fails.
pub fn measure(tool: &Tool, cache: &Path, options: &Options) -> io::Result<Vec<Growth>> {
    let models = options.models;
    let shapes = [
        ("50 folders a layer", models, Shape::Layers(models)),
        ("50 folders a layer", 4 * models, Shape::Layers(4 * models)),
        ("one folder, one properties file", 4 * models, Shape::OneFolder(4 * models)),
        ("a chain: each model refers to the one before", models, Shape::Chain(models)),
        ("one model refers to all others", models * 2 / 5, Shape::Hub(models * 2 / 5)),
    ];
    let mut all = vec![];
    for (title, models, shape) in shapes {
        let name: String = format!("{shape:?}").chars().filter(char::is_ascii_alphanumeric).collect();
        let folder = cache.join(format!("growth-{name}"));
        if !folder.join(".done").exists() {
            project::write(shape, &folder)?;
            fs::write(folder.join(".done"), "")?;
        }
        let mut runs = Runs::default();
        for number in 0..=options.runs {
            cases::prepare(cases::Before::Cold, &folder, number)?;
            let sample = measure::run(&tool.command(&["parse"]), &folder, &tool.variables)?;
            if number > 0 {
                runs.push(sample);
            }
        }
        all.push(Growth { title: title.to_owned(), models, runs });
    }
    Ok(all)
}
