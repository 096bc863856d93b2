//! The program `anon`.

fn main() {}
