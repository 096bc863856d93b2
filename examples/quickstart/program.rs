//! The program to try.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Result;

/// Has cargo bring the program up to date, and finds it beside this example.
pub fn build_anon() -> Result<PathBuf> {
    let example = std::env::current_exe()?;
    let profile_folder = example.parent().and_then(Path::parent).ok_or("cannot tell where this example was built")?;
    let anon = profile_folder.join(format!("anon{}", std::env::consts::EXE_SUFFIX));
    // Cargo says so to the programs that it runs.
    let Some(cargo) = std::env::var_os("CARGO") else {
        return if anon.is_file() { Ok(anon) } else { Err(format!("'{}' is missing", anon.display()).into()) };
    };
    let mut build = Command::new(cargo);
    // Together with this example, so that everything both need is built once.
    build
        .args(["build", "--quiet", "--bin", "anon", "--example", "quickstart"])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    // What cargo tells this example about its package would look like a changed environment, and have crates built anew.
    let about_package =
        |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "OUT_DIR";
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(about_package)) {
        build.env_remove(name);
    }
    match profile_folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => {}
        Some(profile) => drop(build.args(["--profile", profile])),
    }
    let status = build.status()?;
    if status.success() && anon.is_file() { Ok(anon) } else { Err("cargo could not build 'anon'".into()) }
}
