//! What the sandbox prints can be typed as it stands.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anonapi::testing::practice::{Practice, SERVER};
use anonapi::testing::{FakeIdis, Life};

const STEP: Duration = Duration::from_secs(10 * 60 * 60);

/// What is typed, for each paragraph of the guide in which something is.
fn paragraphs(guide: &str) -> Vec<Vec<&str>> {
    let paragraphs = guide.split("\n\n").filter(|text| text.starts_with("    "));
    paragraphs.map(|text| text.lines().filter_map(|line| line.strip_prefix("    ")).collect()).collect()
}

#[test]
fn the_guide_works_as_printed() {
    let root = tempfile::Builder::new().prefix("Jane's practice ").tempdir().unwrap();
    let home = root.path().join("home");
    fs::create_dir(&home).unwrap();
    let practice = Practice::make(&root.path().join("anon-sandbox")).unwrap();
    let idis = practice.serve(FakeIdis::builder().life(Life::passing(STEP)), |_| {}).unwrap();

    let guide = practice.guide();
    let [first, tutorials @ ..] = &paragraphs(&guide)[..] else { panic!("{guide}") };
    assert_eq!(tutorials.len(), 2, "{guide}");
    for tutorial in tutorials {
        let lines: Vec<&str> = [&first[..], tutorial].concat();
        let program = Path::new(env!("CARGO_BIN_EXE_anon")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let shell = Command::new("sh")
            .args(["-e", "-c", &lines.join("\n")])
            .env_clear()
            .envs([("PATH", path.as_str()), ("LC_ALL", "C.UTF-8"), ("USER", "jane")])
            .env("HOME", &home)
            .envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut shell = shell.unwrap();
        std::io::Write::write_all(&mut shell.stdin.take().unwrap(), b"y\n").unwrap();
        let output = shell.wait_with_output().unwrap();
        let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
        assert!(output.status.success(), "{}\n{said}", lines.join("\n"));
    }
    idis.pass(STEP * 6);
    let statuses: Vec<_> = idis.jobs(SERVER).iter().skip(7).map(|job| job.get("status").unwrap().clone()).collect();
    assert_eq!(statuses, ["DONE"; 6]);
    for image in ["anonymizeddata/1001/anon_patientA/0001.dcm", "myoutput/1006/studyC/0003.dcm"] {
        assert!(practice.share().join(image).is_file(), "{image}");
    }
    assert_eq!(fs::read_dir(&home).unwrap().count(), 0, "the user's own settings are not touched");
}
