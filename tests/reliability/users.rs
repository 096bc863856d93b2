//! Another user of the same computer.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::support::Env;

/// Nobody: a user that is not root on any system.
pub const NOBODY: u32 = 65_534;

pub fn is_root() -> bool {
    // SAFETY: geteuid cannot fail and touches no memory.
    unsafe { libc::geteuid() == 0 }
}

/// A command of `anon`, run by nobody. Only root can have it run so.
pub fn as_nobody(env: &Env, command: &Command) -> Command {
    let root = env.home().parent().unwrap().to_owned();
    fs::set_permissions(&root, fs::Permissions::from_mode(0o755)).unwrap();
    // The program itself may be where only root can go.
    let program = root.join("anon");
    if !program.exists() {
        // By another process: a file that this one has open for writing could be inherited by a child of another test, and then
        // cannot be run ("text file busy").
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_anon")).arg(&program).status().unwrap();
        assert!(copied.success());
    }
    let mut as_nobody = Command::new(&program);
    as_nobody.args(command.get_args()).current_dir(command.get_current_dir().unwrap()).env_clear();
    as_nobody.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    as_nobody.uid(NOBODY).gid(NOBODY);
    as_nobody
}
