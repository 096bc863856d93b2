//! What is printed to a terminal, and only there.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::Read;
use std::os::fd::{FromRawFd, OwnedFd};

use crate::support::Env;

/// A terminal that is so many columns wide: what a program prints to, and where that can be read.
fn terminal(columns: u16) -> (File, OwnedFd) {
    let size = libc::winsize { ws_row: 30, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    let (mut reader, mut writer) = (0, 0);
    // SAFETY: only the system makes terminals. The call fills in two numbers and reads the size; null stands for the usual settings.
    let made = unsafe {
        libc::openpty(&raw mut reader, &raw mut writer, std::ptr::null_mut(), std::ptr::null(), &raw const size)
    };
    assert_eq!(made, 0);
    // SAFETY: both are open, and nobody else's.
    unsafe { (File::from_raw_fd(reader), OwnedFd::from_raw_fd(writer)) }
}

/// What a command prints to a terminal.
fn printed(env: &Env, line: &str, columns: u16) -> String {
    let (mut reader, writer) = terminal(columns);
    let mut command = env.anon(line.split(' ')).command();
    let mut child = command.stdout(writer).spawn().unwrap();
    // It holds the terminal open.
    drop(command);
    let (mut bytes, mut some) = (vec![], [0; 4096]);
    // A terminal that everybody has left is an error to read from.
    while let Ok(count @ 1..) = reader.read(&mut some) {
        bytes.extend_from_slice(&some[..count]);
    }
    assert!(child.wait().unwrap().success());
    String::from_utf8(bytes).unwrap().replace('\r', "")
}

#[test]
fn long_texts_fit_a_terminal_and_are_whole_in_a_pipe() {
    let env = Env::with_jobs();
    let source = format!("folder:{}/patient0001", "long/".repeat(20));
    env.write(
        "anon_mapping.csv",
        format!("## Description ##\n## Options ##\n## Mapping ##\nsource,pseudo_name\n{source},A\n"),
    );
    env.run("map activate").assert_ok();
    let wide = printed(&env, "map status", 300);
    assert!(wide.contains(&source), "{wide}");
    let narrow = printed(&env, "map status", 60);
    let table: Vec<&str> = narrow.lines().skip_while(|line| !line.starts_with("source ")).collect();
    assert!(table.len() == 3 && table.iter().all(|line| line.chars().count() <= 60), "{narrow}");
    assert!(
        table[2].starts_with("folder:long/") && table[2].contains("…") && table[2].contains("patient0001  A"),
        "{narrow}"
    );
    let piped = env.anon(["map", "status"]).env("COLUMNS", "60").run().assert_ok();
    assert!(piped.stdout.contains(&source) && !piped.stdout.contains('…'), "{}", piped.story());
}
