//! `anon settings`.

use crate::support::Env;
use snapbox::str;

/// A token that could not be in an output by chance.
const SECRET: &str = "k3eP-tH1s-s3cRet-0123456789";

fn env_with_secret() -> Env {
    let env = Env::with_jobs();
    env.write_settings(&env.read_settings().replace("user_token: token", &format!("user_token: {SECRET}")));
    env
}

#[test]
fn both_spellings_set_the_user_name() {
    let env = Env::with_jobs();
    env.run("settings user set-username z1234567").assert(str![[r#"
exit 0
stdout:
  username is now 'z1234567'
files:
  ~ ~/AnonWebAPIClientSettings.yml
"#]]);
    assert!(env.read_settings().contains("user_name: z1234567\n"));
    env.run("settings set-username z999").assert(str![[r#"
exit 0
stdout:
  username is now 'z999'
files:
  ~ ~/AnonWebAPIClientSettings.yml
"#]]);
    assert!(env.read_settings().contains("user_name: z999\n"));
}

#[test]
fn both_spellings_get_a_token() {
    let env = env_with_secret();
    let mut before = SECRET.to_owned();
    for line in ["settings user get-token", "settings get-token"] {
        env.run(line).assert(str![[r#"
exit 0
stdout:
  Got and saved api token for username z123456
files:
  ~ ~/AnonWebAPIClientSettings.yml
"#]]);
        let text = env.read_settings();
        let token = text.lines().find_map(|line| line.strip_prefix("user_token: ")).unwrap().to_owned();
        assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{token}");
        assert_ne!(token, before);
        before = token;
    }
}

#[test]
fn both_spellings_show_the_credentials() {
    let env = env_with_secret();
    for line in ["settings user info", "settings info"] {
        env.run(line).assert(&format!("exit 0\nstdout:\n  username is z123456\n  API token: {SECRET}"));
    }
}

#[test]
fn show_hides_the_token() {
    let env = env_with_secret();
    env.run("settings show").assert(str![[r#"
exit 0
stdout:
  active_mapping_file: null
  active_server_name: p01
  job_default_parameters:
  - project,Wetenschap-Algemeen
  - destination_path,\\server\share\out
  servers:
    p01: {url}/p01
    p02: {url}/p02
  user_name: z123456
  user_token: '***'
  validate_ssl: true
"#]]);
}

#[test]
fn certificates_are_checked_or_not() {
    let env = Env::with_jobs();
    env.run("settings set-validate-ssl false").assert(str![[r#"
exit 0
stdout:
  validate_ssl is now false
files:
  ~ ~/AnonWebAPIClientSettings.yml
"#]]);
    assert!(env.read_settings().contains("validate_ssl: false\n"));
    env.run("settings set-validate-ssl true").assert_ok();
    assert!(env.read_settings().contains("validate_ssl: true\n"));
    env.run("settings set-validate-ssl perhaps").assert_status(2).assert_stderr(&["perhaps"]);
}

#[test]
fn edit_opens_the_file_even_when_it_cannot_be_read() {
    let env = Env::with_jobs();
    let opened = "exit 0\nstderr:\n  Opening '~/AnonWebAPIClientSettings.yml' with '[..]' (EDITOR)";
    env.run("settings edit").assert(opened);
    env.write_settings("servers: [\n");
    env.run("settings edit").assert(opened);
    assert_eq!(env.read_settings(), "servers: [\n");
    let outcome = env.anon(["settings", "edit"]).env("EDITOR", "no-such-editor-anywhere").run();
    let _ = outcome.assert_status(1).assert_stderr(&["no-such-editor-anywhere", "EDITOR"]);
}

#[test]
fn settings_that_cannot_be_read_are_named_and_kept() {
    let env = Env::with_jobs();
    let broken = "servers:\n  p01: https://example.org\nuser_name: [z1\nuser_token: k3eP-tH1s\n";
    env.write_settings(broken);
    for line in ["status", "server list", "server add a https://example.org", "settings user get-token", "map init"] {
        let outcome = env.run(line).assert_status(1).assert_stderr(&["~/AnonWebAPIClientSettings.yml, line "]);
        assert!(!outcome.stderr.contains("k3eP"), "{}", outcome.story());
        assert_eq!(env.read_settings(), broken);
    }
}

#[test]
fn keys_of_other_versions_stay() {
    let env = Env::with_jobs();
    env.write_settings(&format!("{}new_in_3: [1, two]\n", env.read_settings()));
    env.run("settings user set-username z2").assert_ok();
    let text = env.read_settings();
    assert!(text.contains("new_in_3:\n- 1\n- two\n"), "{text}");
}

/// An option or a variable that is set is no command: the list of commands is what is asked for.
#[test]
fn groups_list_their_commands_with_other_settings_too() {
    let env = Env::with_jobs();
    for group in ["", "job", "map", "settings user"] {
        let plain = env.run(group).assert_ok();
        for with in [
            env.anon(group.split_whitespace()).env("ANON_SETTINGS", env.path("other.yml")).run(),
            env.run(&format!("-v {group}")),
        ] {
            assert_eq!((with.status, &with.stdout, &with.stderr), (0, &plain.stdout, &plain.stderr), "'{group}'");
        }
    }
}
#[test]
fn what_is_empty_is_nothing_and_no_name_is_made_up() {
    for nothing in ["", " null", " ~", " ''"] {
        let env = Env::with_jobs();
        let url = env.idis().url("p02");
        env.write_settings(&format!(
            "servers:\n  p01:\n  p02: {url}\nactive_server_name: p01\nuser_name:{nothing}\nuser_token:{nothing}\n\
             job_default_parameters:{}\nactive_mapping_file:{nothing}\nvalidate_ssl: true\n",
            if nothing == " ''" { " []" } else { nothing },
        ));
        env.run("server activate p02").assert_ok();
        assert_eq!(
            env.read_settings(),
            format!(
                "active_mapping_file: null\nactive_server_name: p02\njob_default_parameters: []\nservers:\n  p01: ''\n  \
                 p02: {url}\nuser_name: null\nuser_token: null\nvalidate_ssl: true\n"
            )
        );
        env.run("job list 1").assert(str![[r#"
exit 1
stderr:
  error: there is no user name in the settings; set the one by which the servers know you with 'anon settings user set-username NAME'
"#]]);
        env.run("settings set-username z123456").assert_ok();
        env.run("job list 1").assert(str![[r#"
exit 1
stderr:
  error: there is no token in the settings; get one with 'anon settings user get-token'
"#]]);
    }
}

#[test]
fn settings_that_are_no_plain_file_or_a_bomb_are_refused_by_name() {
    let env = Env::new();
    let path = env.home().join(anonapi::settings::FILE_NAME);
    std::fs::create_dir(&path).unwrap();
    env.run("status").assert(str![[r#"
exit 1
stderr:
  error: ~/AnonWebAPIClientSettings.yml: it is a folder, not a file; move it away, or name another file
"#]]);
    std::fs::remove_dir(&path).unwrap();
    let laughs = format!("a: &a [{}]\nb: [{}]\n", "x,".repeat(1000), "*a,".repeat(1000));
    for (bomb, fault) in [(laughs, "line 2: repeats itself"), (format!("a: {}", "[".repeat(100_000)), "line 1: ")] {
        env.write_settings(&bomb);
        env.run("status").assert_status(1).assert_stderr(&[&format!("~/AnonWebAPIClientSettings.yml, {fault}")]);
        assert_eq!(env.read_settings(), bomb);
    }
    env.run("status --settings away/settings.yml").assert(str![[r#"
exit 1
stderr:
  error: ./away/settings.yml: its folder './away' is not there; check the name, and whether the share is connected
"#]]);
}
