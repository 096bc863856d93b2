//! `anon server`.

use crate::support::Env;
use snapbox::str;

#[test]
fn servers_are_added_activated_listed_and_removed() {
    let env = Env::with_jobs();
    env.run("server add extra https://example.org/api").assert(str![[r#"
exit 0
stdout:
  added extra: https://example.org/api to list
files:
  ~ ~/AnonWebAPIClientSettings.yml
"#]]);
    env.run("server activate p02").assert(str![[r#"
exit 0
stdout:
  Set active server to p02: {url}/p02
files:
  ~ ~/AnonWebAPIClientSettings.yml
"#]]);
    env.run("server list").assert(str![[r#"
exit 0
stdout:
  Available servers (* = active):

    p01   {url}/p01
  * p02   {url}/p02
    extra https://example.org/api
"#]]);
    env.run("server status").assert(str![[r#"
exit 0
stdout:
  OK: p02: {url}/p02 is online and responsive
requests:
  GET p02/ user_name=z123456
"#]]);
    env.run("server remove extra").assert(str![[r#"
exit 0
stdout:
  removed extra: https://example.org/api from list
files:
  ~ ~/AnonWebAPIClientSettings.yml
"#]]);
    env.run("server remove p02").assert(str![[r#"
exit 0
stdout:
  removed p02: {url}/p02 from list
stderr:
  no server is active now; choose one with 'anon server activate NAME'
files:
  ~ ~/AnonWebAPIClientSettings.yml
"#]]);
    env.run("server list").assert(str![[r#"
exit 0
stdout:
  Available servers (* = active):

    p01 {url}/p01
"#]]);
    env.run("server status").assert(str![[r#"
exit 1
stderr:
  error: no server is active; choose one with 'anon server activate NAME' ('anon server list' shows them)
"#]]);
}

#[test]
fn a_known_name_gets_the_new_url_in_its_place() {
    let env = Env::with_jobs();
    env.run("server add p01 https://example.org/other").assert_ok().assert_stdout(&["p01: https://example.org/other"]);
    let text = env.read_settings();
    let (p01, p02) = (text.find("p01: https://example.org/other").unwrap(), text.find("p02: ").unwrap());
    assert!(p01 < p02, "{text}");
}

#[test]
fn servers_keep_the_order_in_which_they_were_added() {
    let env = Env::new();
    env.settings_for(&[("zzz", "https://z.example.org"), ("aaa", "https://a.example.org")]);
    env.run("server add mmm https://m.example.org").assert_ok();
    env.run("server list").assert(str![[r#"
exit 0
stdout:
  Available servers (* = active):

  * zzz https://z.example.org
    aaa https://a.example.org
    mmm https://m.example.org
"#]]);
}

#[test]
fn unknown_names_are_wrong_usage_and_name_the_known_ones() {
    let env = Env::with_jobs();
    env.run("server activate nonexistent").assert(str![[r#"
exit 2
stderr:
  error: 'nonexistent' is not a registered anonymization server; there is 'p01', 'p02'; see 'anon server list', or add it with 'anon server add NAME URL'
"#]]);
    env.run("server remove nonexistent").assert(str![[r#"
exit 2
stderr:
  error: 'nonexistent' is not a registered anonymization server; there is 'p01', 'p02'; see 'anon server list', or add it with 'anon server add NAME URL'
"#]]);
}

#[test]
fn a_url_that_no_client_could_call_is_not_saved() {
    let env = Env::with_jobs();
    env.run("server add bad ftp://example.org").assert(str![[r#"
exit 1
stderr:
  error: ftp://example.org: not the URL of a server: it begins with 'ftp:', not with https:// or http://; the URL may be wrong: check it with 'anon server list', correct it with 'anon server add NAME URL'
"#]]);
    env.run("server add bad example.org/p01").assert(str![[r#"
exit 1
stderr:
  error: example.org/p01: not the URL of a server: it does not begin with https:// or http://; did you mean 'https://example.org/p01' or 'http://example.org/p01'?
"#]]);
    for (url, says) in [
        ("https://example.org/p01?a=b", "it contains a '?'"),
        ("https://example.org/p01#x", "it contains a '#'"),
        ("https://example.org/p 01", "it contains a space"),
    ] {
        let _ = env.anon(["server", "add", "bad", url]).run().assert_status(1).assert_stderr(&[says]);
    }
    env.anon(["server", "add", " ", "https://example.org"]).run().assert_status(2);
    assert!(!env.read_settings().contains("bad"));
}

#[test]
fn a_password_in_a_url_is_not_saved_shown_or_copied() {
    let env = Env::with_jobs();
    let url = env.idis().url("p01").replace("http://", "http://me:s3cret@");
    let outcome = env.run(&format!("server add bad {url}")).assert_status(1);
    let _ = outcome.assert_stderr(&["it contains a user name or a password", "leave out everything before the '@'"]);
    assert!(!env.read_settings().contains("s3cret"));
    // Another program has saved it.
    env.settings_for(&[("p01", &url)]);
    for line in
        ["server list", "status", "server status", "server jobs -vv", "batch init", "batch info", "settings show"]
    {
        let outcome = env.run(line).assert_ok();
        assert!(!outcome.story().contains("s3cret"), "{}", outcome.story());
        let warning = "warning: the URL of server 'p01' contains a user name or password, which is not used";
        assert!(outcome.stderr.contains(warning) || line == "batch info", "{}", outcome.story());
    }
    assert!(!env.read(".anonbatch").contains("s3cret"));
}

#[test]
fn jobs_are_shown_as_the_server_orders_them() {
    let env = Env::with_jobs();
    env.run("server jobs").assert(str![[r#"
exit 0
stdout:
  most recent 7 jobs on p01:

    id  date                 status      down    proc  user
  ----  -------------------  --------  ------  ------  -------
     7  2016-08-26T15:04:07  ACTIVE                 0  z123456
     6  2016-08-26T15:04:06  ERROR         60       0  z123456
     5  2016-08-26T15:04:05  ACTIVE                 0  z123456
     4  2016-08-26T15:04:04  UPLOADED      40       0  z123456
     3  2016-08-26T15:04:03  DONE          30      30  z123456
     2  2016-08-26T15:04:02  ERROR         20       0  z123456
     1  2016-08-26T15:04:01  INACTIVE      10       0  z123456
requests:
  GET p01/get_jobs user_name=z123456
"#]]);
}

#[test]
fn a_server_without_jobs_gives_an_empty_table() {
    let env = Env::with_idis(anonapi::testing::FakeIdis::builder());
    env.settings();
    env.run("server jobs").assert(str![[r#"
exit 0
stdout:
  most recent 0 jobs on p01:

  id    date    status    down    proc    user
  ----  ------  --------  ------  ------  ------
requests:
  GET p01/get_jobs user_name=z123456
"#]]);
}

#[test]
fn an_active_server_that_is_not_in_the_list_is_told() {
    let env = Env::with_jobs();
    env.write_settings(&env.read_settings().replace("active_server_name: p01", "active_server_name: p09"));
    env.run("server list").assert(str![[r#"
exit 0
stdout:
  Available servers (* = active):

    p01 {url}/p01
    p02 {url}/p02
stderr:
  warning: the active server 'p09' is not in the list of servers; choose one with 'anon server activate NAME'
"#]]);
    env.run("status").assert_ok().assert_stderr(&["the active server 'p09' is not in the list"]);
}
