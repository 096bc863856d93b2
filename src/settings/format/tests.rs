use proptest::prelude::*;

use super::*;

const PATH: &str = "AnonWebAPIClientSettings.yml";

fn parse(text: &str) -> Settings {
    Settings::parse(text.as_bytes(), Path::new(PATH)).unwrap()
}

fn fault(text: &str) -> String {
    Settings::parse(text.as_bytes(), Path::new(PATH)).unwrap_err().to_string()
}

#[test]
fn files_of_anonapi_survive_a_round_trip() {
    let text = r"active_mapping_file: /data/anon_mapping.csv
active_server_name: p01
job_default_parameters:
- project,Wetenschap-Algemeen
- destination_path,\\server\share\out
servers:
  p02: https://a/p02
  p01: https://a/p01
user_name: z123456
user_token: token
validate_ssl: true
";
    let settings = parse(text);
    assert_eq!(settings.servers[0].name, "p02");
    assert_eq!(settings.to_file(), text);
}

#[test]
fn of_a_server_that_is_there_twice_the_last_counts() {
    let settings = parse("servers:\n  p01: https://a/p01\n  p02: https://a/p02\n  p01: https://b/p01\n");
    let servers: Vec<String> = settings.servers.iter().map(ToString::to_string).collect();
    assert_eq!(servers, ["p01: https://b/p01", "p02: https://a/p02"]);
}

#[test]
fn older_files_are_read() {
    let listed = parse("create_job_defaults:\n- project,A\n");
    let named = parse("create_job_defaults:\n  project_name: A\n  destination_path: \\\\s\\out\n");
    assert_eq!(listed.job_default_parameters.get(Kind::Project), Some("A"));
    assert_eq!(named.job_default_parameters.get(Kind::Project), Some("A"));
    assert_eq!(named.job_default_parameters.get(Kind::DestinationPath), Some(r"\\s\out"));
}

#[test]
fn a_missing_key_means_the_default() {
    assert_eq!(parse("user_name: z9\n"), Settings { user_name: "z9".to_owned(), ..Settings::default() });
    assert_eq!(parse(""), Settings::default());
    assert_eq!(parse("active_server_name: null\n").active_server_name, None);
}

#[test]
fn keys_of_other_versions_are_kept() {
    let text = parse("user_name: z9\nfuture_key:\n- {a: 1, b: [x, 'on']}\n").to_file();
    assert!(text.ends_with("future_key:\n- a: 1\n  b:\n  - x\n  - 'on'\n"), "{text}");
    assert_eq!(parse(&text).to_file(), text);
}

#[test]
fn what_people_type_for_yes_and_no() {
    assert!(parse("validate_ssl: 'Yes'\n").validate_ssl);
    assert!(!parse("validate_ssl: off\n").validate_ssl);
    assert!(!parse("\u{feff}validate_ssl: False\r\n").validate_ssl);
}

#[test]
fn errors_name_the_line_and_never_the_token() {
    let text = "user_token: secret123\nservers: secret123\n";
    let fault = fault(text);
    assert!(fault.starts_with("AnonWebAPIClientSettings.yml, line 2: servers: "), "{fault}");
    assert!(!fault.contains("secret123"), "{fault}");
    let broken = Settings::parse(b"user_token: [secret123\nx: :\n", Path::new(PATH)).unwrap_err().to_string();
    assert!(broken.contains(", line ") && !broken.contains("secret123"), "{broken}");
}

#[test]
fn the_token_is_hidden_from_debug_and_show() {
    let settings = parse("user_token: secret123\n");
    assert!(!format!("{settings:?}").contains("secret123"));
    assert!(!settings.shown().contains("secret123"));
    assert!(settings.to_file().contains("secret123"));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Settings::parse(&bytes, Path::new(PATH));
    }

    #[test]
    fn settings_go_round(names in proptest::collection::btree_map("\\PC{1,12}", ".{0,20}", 0..5), user in ".*", token in ".*") {
        let servers: Vec<Server> = names.into_iter().map(|(name, url)| Server::named(name, &url)).collect();
        let active = servers.last().map(|server| server.name.clone());
        let settings = Settings { servers, active_server_name: active, user_name: user, user_token: Token::new(token), ..Settings::default() };
        prop_assert_eq!(Settings::parse(settings.to_file().as_bytes(), Path::new(PATH)).unwrap(), settings);
    }
}

#[test]
fn a_key_that_cannot_be_written_back_is_refused() {
    for text in ["user_name: a\n? [b]\n: c\n", "user_name: a\nlater:\n- {{b: c}: d}\n"] {
        let error = Settings::parse(text.as_bytes(), Path::new("s.yml")).unwrap_err().to_string();
        assert!(error.contains("cannot be a key"), "{error}");
    }
}

#[test]
fn defaults_of_digits_and_those_that_are_gone_are_read() {
    let settings = parse("create_job_defaults:\n  project_name: 2020\n  priority: 5\n");
    assert_eq!(settings.job_default_parameters.iter().collect::<Vec<_>>(), [(Kind::Project, "2020")]);
    let settings = parse("job_default_parameters:\n- project;P\n");
    assert_eq!(settings.job_default_parameters.get(Kind::Project), Some("P"));
}
