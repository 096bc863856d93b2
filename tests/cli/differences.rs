//! What AnonAPI gets wrong and `anon` gets right: a test for each, named after the difference.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anonapi::testing::{Calls, FakeIdis, Fault, FaultyProxy};
use snapbox::str;

use crate::support::Env;

/// Rows of accession numbers with the pseudonyms A, B, …
fn mapping(rows: &[&str]) -> String {
    let rows: Vec<String> = rows.iter().map(|name| format!("accession_number:12.{name},{name},\r\n")).collect();
    let options = "project,Wetenschap-Algemeen\r\ndestination_path,\\\\server\\share\\out\r\n";
    format!(
        "## Description ##\r\n\r\n## Options ##\r\n{options}\r\n## Mapping ##\r\nsource,pseudo_name,description\r\n{}",
        rows.concat()
    )
}

/// A user of this server, in a folder with this mapping.
fn env_with_mapping(url: &str, text: impl AsRef<[u8]>) -> Env {
    let env = Env::new();
    env.settings_for(&[("p01", url)]);
    env.write("anon_mapping.csv", text);
    env.run("map activate").assert_ok();
    env
}

#[test]
fn set_defaults_and_set_validate_ssl_work() {
    let env = Env::with_jobs();
    env.answer("create set-defaults", "MyProject\n\\\\server\\share\\new\n").assert_ok();
    env.run("settings set-validate-ssl false").assert_ok();
    let text = env.read_settings();
    for part in ["- project,MyProject\n", "- destination_path,\\\\server\\share\\new\n", "validate_ssl: false\n"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn map_init_keeps_the_mapping_on_no() {
    let env = env_with_mapping("https://example.org", mapping(&["A"]));
    let outcome = env.answer("map init", "n\n").assert_ok();
    assert!(outcome.files.is_empty(), "{}", outcome.story());
}

#[test]
fn a_pacs_only_mapping_needs_no_root_source_path() {
    for root in ["", "root_source_path,C:\\project_folder\r\n"] {
        let idis = FakeIdis::start();
        let text = mapping(&["A"]).replace("## Options ##\r\n", &format!("## Options ##\r\n{root}"));
        env_with_mapping(&idis.url("p01"), text).run("create from-mapping -y").assert_ok();
        assert_eq!(idis.calls("create_job"), 1);
    }
}

#[test]
fn failures_of_the_api_exit_1_with_the_message_on_stderr() {
    let proxy = FaultyProxy::alone();
    proxy.on(Calls::all(), Fault::page(500, "boom"));
    let env = env_with_mapping(&proxy.url("p01"), mapping(&["A"]));
    env.run("batch init").assert_ok();
    env.run("batch add 1-3").assert_ok();
    for line in [
        "server status",
        "server jobs",
        "job reset 1",
        "job cancel 1",
        "job set-opt-out-ignore 1 signed",
        "batch status",
        "batch show-error",
        "batch reset",
        "batch cancel",
        "batch reset-error",
        "batch cancel-active",
        "create from-mapping",
    ] {
        let outcome = env.run(&format!("{line} -y")).assert_status(1);
        assert!(outcome.stderr.contains("code '500'") && !outcome.stdout.contains("500"), "{}", outcome.story());
    }
}

#[test]
fn the_reason_why_a_job_could_not_be_created_is_shown() {
    let idis = FakeIdis::start();
    let env = env_with_mapping(&idis.url("p01"), mapping(&["A"]).replace("Wetenschap-Algemeen", "no-such-project"));
    let reason = "given user_name is not connected to given project_name no-such-project";
    env.run("create from-mapping -y").assert_status(1).assert_stderr(&[reason]);
}

#[test]
fn a_crash_loses_no_id() {
    let idis = FakeIdis::builder().delay(Duration::from_millis(400)).start();
    let env = env_with_mapping(&idis.url("p01"), mapping(&["A", "B", "C"]));
    let mut command = env.anon(["create", "from-mapping", "-y"]).command();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(20);
    while idis.calls("create_job") < 2 && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    env.run("batch info").assert_ok().assert_stdout(&["job_ids:\n- '1001'\n"]);
}

#[test]
fn creating_again_offers_only_the_rest() {
    let idis = FakeIdis::start();
    let env = env_with_mapping(&idis.url("p01"), mapping(&["A", "B"]));
    env.run("create from-mapping -y").assert_ok();
    env.write("anon_mapping.csv", mapping(&["A", "B", "C"]));
    env.run("create from-mapping -y").assert_ok().assert_stderr(&["This will create 1 job on"]);
    env.run("create from-mapping -y").assert_ok().assert_stdout(&["already has a job"]);
    assert_eq!(idis.calls("create_job"), 3);
}

#[test]
fn example_rows_are_refused_or_replaced() {
    let env = Env::with_jobs();
    env.run("map init").assert_ok();
    env.run("create from-mapping -y").assert_status(1).assert_stderr(&["this is still an example row"]);
    assert_eq!(env.idis().requests(), []);
    env.run("map add-accession-numbers 1.1").assert_ok();
    let text = env.read("anon_mapping.csv");
    assert!(text.contains("source,pseudo_name,description\r\naccession_number:1.1,"), "the header stays: {text}");
    assert!(!text.contains("PatientA"), "{text}");
    env.run("create from-mapping -y").assert_ok().assert_stdout(&["created 1 job:"]);
}

#[test]
fn batch_status_of_an_empty_batch_says_so() {
    let env = Env::with_jobs();
    env.run("batch init").assert_ok();
    env.run("batch status").assert(str![[r#"
exit 0
stdout:
  The batch for p01: {url}/p01 is empty; add jobs with 'anon batch add ID'
"#]]);
}

#[test]
fn unreadable_files_are_named_with_their_cause_and_stay() {
    let env = env_with_mapping("https://example.org", mapping(&["A"]));
    let good = env.read_settings();
    let cases: [(&str, &[u8], &str, &str); 8] = [
        ("anon_mapping.csv", b"no sections at all\n", "map add-accession-numbers 1", "anon_mapping.csv"),
        (
            "anon_mapping.csv",
            b"## Options ##\n## Mapping ##\nsource,pseudo_name\nfoldr:a,A\n",
            "create from-mapping",
            "anon_mapping.csv, line 4",
        ),
        ("list.csv", b"\x00\x01\x02\x03\xff\xfe", "map add-accession-numbers -f list.csv", "list.csv"),
        ("list.xlsx", b"PK\x03\x04 this is no workbook", "map add-accession-numbers -f list.xlsx", "list.xlsx"),
        ("fileselection.txt", b"selected_paths: {a: [\n", "select add *", "fileselection.txt"),
        (".anonbatch", b"job_ids: '1\n", "batch add 2", ".anonbatch"),
        (".anonbatch", b"job_ids: [\xff\xfe]\n", "batch add 2", ".anonbatch"),
        (".anonbatch", b"", "batch add 2", ".anonbatch"),
    ];
    for (name, content, line, says) in cases {
        let before = std::fs::read(env.path("anon_mapping.csv")).unwrap();
        env.write(name, content);
        let outcome = env.run(line).assert_status(1).assert_stderr(&[says]);
        assert!(outcome.files.is_empty() && !outcome.stderr.contains("panicked"), "{}", outcome.story());
        assert_eq!(std::fs::read(env.path(name)).unwrap(), content);
        std::fs::remove_file(env.path(name)).unwrap();
        env.write("anon_mapping.csv", before);
        if name == "anon_mapping.csv" {
            env.write(name, mapping(&["A"]));
        }
    }
    for broken in ["servers: [\n", "- a\n- b\n", "user_name: \"open\n"] {
        env.write_settings(broken);
        let outcome = env.run("settings user set-username z1").assert_status(1);
        assert_eq!(env.read_settings(), broken);
        let _ = outcome.assert_stderr(&["~/AnonWebAPIClientSettings.yml"]);
    }
    env.write_settings(&good);
}

#[test]
fn what_excel_saves_is_read_and_kept() {
    let text = mapping(&["patiënt"]);
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let windows_1252 = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let with_bom = format!("\u{feff}{text}").into_bytes();
    for (encoding, bytes) in [("UTF-8 with BOM", with_bom), ("Windows-1252", windows_1252), ("UTF-16", utf16)] {
        let idis = FakeIdis::start();
        let env = env_with_mapping(&idis.url("p01"), &bytes);
        env.run("create from-mapping -y").assert_ok();
        assert_eq!(idis.requests()[0].param("anonymizedpatientname"), Some("patiënt"), "{encoding}");
        env.run("map add-accession-numbers 1.1").assert_ok();
        let after = std::fs::read(env.path("anon_mapping.csv")).unwrap();
        assert!(after.starts_with(&bytes) && after.len() > bytes.len(), "{encoding} is kept");
    }
}

#[test]
fn add_selection_takes_a_relative_path_and_makes_digits_of_the_pseudo_id() {
    let env = Env::with_jobs();
    env.dicom("p", "1.2", &["a/1.dcm"]);
    env.run("map init").assert_ok();
    env.anon(["select", "add", "*"]).cwd("a").run().assert_ok();
    env.run("map add-selection a/fileselection.txt").assert_ok();
    let text = env.read("anon_mapping.csv");
    let row = text.lines().find(|line| line.starts_with("fileselection:a/fileselection.txt,")).unwrap();
    assert!(!row.contains("object at 0x"), "{row}");
    env.set_option("root_source_path", r"\\server\share");
    let outcome = env.run("create from-mapping -y").assert_ok();
    let id = outcome.requests[0].param("anonymizedpatientid").unwrap();
    let digits = id.strip_prefix("auto_").unwrap();
    assert!(digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
}

#[test]
fn selections_are_sorted_and_stable() {
    let env = Env::with_jobs();
    let names: Vec<String> = (0..40).map(|number| format!("data/{}.dcm", (number * 17) % 40)).collect();
    env.dicom("p", "1.2", &names.iter().map(String::as_str).collect::<Vec<_>>());
    env.run("map init").assert_ok();
    let paths = |text: &str| text.lines().filter(|line| line.starts_with("- ")).map(str::to_owned).collect::<Vec<_>>();
    let mut seen = vec![];
    for _ in 0..3 {
        env.run("map add-study-folders data").assert_ok();
        seen.push(paths(&env.read("data/fileselection.txt")));
        env.anon(["select", "add", "*.dcm"]).cwd("data").run().assert_ok();
        seen.push(paths(&env.read("data/fileselection.txt")));
    }
    assert!(seen[0].is_sorted() && seen[0].len() == 40, "{:?}", seen[0]);
    assert!(seen.iter().all(|paths| *paths == seen[0]));
}

#[test]
fn many_jobs_go_over_few_connections_at_the_same_time() {
    let delay = Duration::from_millis(100);
    let idis = FakeIdis::builder().jobs(64).delay(delay).start();
    let proxy = FaultyProxy::before(&idis);
    let env = env_with_mapping(&proxy.url("p01"), mapping(&["A"]));
    let started = Instant::now();
    env.run("job info 1-64").assert_ok();
    assert!(started.elapsed() < 64 * delay / 2, "one after the other: {:?}", started.elapsed());
    env.run("job reset 1-64 -y").assert_ok();
    assert!(proxy.connections() <= 2 * 16, "{} connections for 128 calls", proxy.connections());
    // A job is created over a connection of its own, which the server cannot have closed meanwhile.
    let before = proxy.connections();
    env.write("anon_mapping.csv", mapping(&["A", "B", "C"]));
    env.run("create from-mapping -y").assert_ok();
    assert_eq!(proxy.connections() - before, 3);
}

#[cfg(unix)]
#[test]
fn the_settings_file_is_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let env = Env::new();
    env.run("settings user get-token").assert_ok();
    let path = env.home().join("AnonWebAPIClientSettings.yml");
    let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    // One that AnonAPI made is read by others until the user says otherwise, but not in silence.
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    env.run("status")
        .assert_ok()
        .assert_stderr(&["warning: other users of this computer can read your token", "chmod 600"]);
}

#[test]
fn two_at_once_lose_nothing() {
    let env = Env::with_jobs();
    env.run("batch init").assert_ok();
    let add = |id: usize| env.anon(["batch", "add", &id.to_string()]).command().output().unwrap();
    std::thread::scope(|scope| {
        for id in 1..=8 {
            scope.spawn(move || assert!(add(id).status.success()));
        }
    });
    let all: Vec<String> = (1..=8).map(|id| format!("- '{id}'\n")).collect();
    env.run("batch info").assert_ok().assert_stdout(&[&all.concat()]);
}
