//! Arguments in, exit code out.

fn main() -> std::process::ExitCode {
    headwater::cli::main()
}
