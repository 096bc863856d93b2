//! Help, and what is said to commands that do not exist.

use crate::support::Env;

#[test]
fn help_explains_a_command_as_the_option_does() {
    let env = Env::new();
    for (asked, option) in [
        ("help", "--help"),
        ("help job", "job --help"),
        ("help batch status", "batch status --help"),
        ("help settings user set-username", "settings user set-username --help"),
        ("help status", "status --help"),
    ] {
        let outcome = env.run(asked).assert_ok();
        assert_eq!(outcome.stdout, env.run(option).assert_ok().stdout, "{asked}");
        assert!(outcome.stdout.contains("Usage: anon") && outcome.files.is_empty(), "{}", outcome.story());
    }
    env.run("help help").assert_ok().assert_stdout(&["Usage: anon help"]);
    env.run("help nothing").assert_status(2).assert_stderr(&["unrecognized subcommand 'nothing'"]);
}

#[test]
fn guesses_are_answered_with_the_command() {
    let env = Env::new();
    for (guess, meant) in [
        ("job show 12", "did you mean 'anon job info'?"),
        ("job status", "did you mean 'anon job list' or 'anon job info'?"),
        ("server use p01", "did you mean 'anon server activate'?"),
        ("batch list", "did you mean 'anon batch status' or 'anon batch info'?"),
        ("map validate", "did you mean 'anon map check'?"),
        ("-v map --mapping x validate", "did you mean 'anon map check'?"),
        ("jobs", "'anon server jobs'"),
        ("reset-error", "did you mean 'anon batch reset-error'?"),
        ("map sttaus", "did you mean 'anon map status'?"),
        ("job help reset", "did you mean 'anon help job'?"),
        ("help job shwo", "'anon job "),
    ] {
        let outcome = env.run(guess).assert_status(2).assert_stderr(&[meant, "unrecognized subcommand"]);
        let tips = outcome.stderr.lines().filter(|line| line.contains("tip: ")).count();
        assert!(tips == 1 && outcome.files.is_empty(), "{}", outcome.story());
    }
    // What is like nothing gets no tip.
    for unlike in ["job xyzzy", "job list --sort id", "batch info --sorted"] {
        let outcome = env.run(unlike).assert_status(2);
        assert!(!outcome.stderr.contains("tip: "), "{}", outcome.story());
    }
    env.run("job list --jsno 1").assert_status(2).assert_stderr(&["a similar argument exists: '--json'"]);
}
