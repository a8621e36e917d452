use headwater::{
    diag::Sink,
    env::Env,
    flags::Flags,
    invocation::Invocation,
    load::{LoadRequest, load},
    source::SourceMap,
    value::Map,
};
use std::sync::Arc;
fn main() {
    let dir = std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    for _ in 0..7 {
        let mut flags = Flags { which: "run".into(), project_dir: dir.clone(), ..Flags::default() };
        flags.profiles.profiles_dir = dir.clone();
        let (sources, sink) = (SourceMap::default(), Sink::default());
        let invocation = Arc::new(Invocation::start(Map::default()));
        let env = Env::default();
        let t = std::time::Instant::now();
        let p = load(&LoadRequest { flags: &flags, env: &env, invocation: &invocation }, &sources, &sink)
            .unwrap();
        let dt = t.elapsed();
        let t = std::time::Instant::now();
        let mut n = 0;
        let mut bytes = 0;
        for f in &p.root().files {
            if f.kind == headwater::project::FileKind::Properties {
                bytes += f.text.len();
                n += headwater::yaml::parse(&f.text, f.file).unwrap().0.map_or(0, |_| 1);
            }
        }
        eprintln!(
            "load {:?} files {} | yaml {} files {} bytes {:?}",
            dt,
            p.packages.iter().map(|p| p.files.len()).sum::<usize>(),
            n,
            bytes,
            t.elapsed()
        );
    }
}
