//! The pictures of spreadsheets are of the files as they are: docs/pictures/make.sh notes what it has drawn.

use std::fmt::Write;
use std::fs;

use sha2::{Digest, Sha256};

use super::{root, text_of};

#[test]
fn were_drawn_from_the_files_as_they_are() {
    let noted = text_of(&root().join("docs/pictures/drawn-from.sha256"));
    for line in noted.lines() {
        let (hash, file) = line.split_once("  ").unwrap();
        let content = fs::read(root().join(file)).unwrap();
        let found = Sha256::digest(&content).iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        assert_eq!(found, hash, "{file} has changed: run docs/pictures/make.sh");
    }
    assert!(noted.lines().count() > 2, "{noted}");
}
