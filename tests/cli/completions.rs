//! `anon completions`.

use crate::support::Env;

#[test]
fn each_shell_gets_the_commands() {
    let env = Env::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let outcome = env.run(&format!("completions {shell}")).assert_ok();
        for word in ["add-study-folders", "from-mapping", "input-file"] {
            assert!(outcome.stdout.contains(word), "{shell}: no {word}");
        }
        assert!(outcome.stderr.is_empty() && outcome.files.is_empty(), "{}", outcome.story());
    }
}

#[cfg(unix)]
#[test]
fn bash_completes_with_them() {
    let env = Env::new();
    let script = env.run("completions bash").assert_ok().stdout;
    let completed = |words: &[&str]| {
        let (typed, before) = (words[words.len() - 1], words[words.len() - 2]);
        let ask = format!(
            "{script}\nCOMP_WORDS=({}); COMP_CWORD={}\n_anon anon '{typed}' '{before}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.join(" "),
            words.len() - 1
        );
        let shell = std::process::Command::new("bash").args(["--norc", "-c", &ask]).output().unwrap();
        assert!(shell.stderr.is_empty(), "{}", String::from_utf8_lossy(&shell.stderr));
        String::from_utf8(shell.stdout).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(completed(&["anon", "ba"]), ["batch"]);
    assert_eq!(completed(&["anon", "map", "add-st"]), ["add-study-folders"]);
    assert_eq!(completed(&["anon", "map", "add-study-folders", "--inp"]), ["--input-file"]);
}

#[test]
fn a_shell_that_is_unknown_is_wrong_usage() {
    let env = Env::new();
    env.run("completions tcsh").assert_status(2).assert_says(&["'tcsh'", "bash, elvish, fish, powershell, zsh"]);
}
