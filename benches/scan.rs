//! Scanning 20,000 files in 100 folders: `cargo bench --bench scan`.
//!
//! `benches/c/walk_sniff.c` is what to compare with, and `benches/c/slow_open.c` makes a slow share of the data: with
//! `ANON_BENCH_DATA` the data is made in, and left in, a folder of your choice.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anonapi::internals::{Check, Scan};
use anonapi::selection::Selection;
use divan::{Bencher, counter::ItemsCount};

fn main() {
    divan::main();
}

const FOLDERS: usize = 100;
const FILES: usize = 200;

struct Data {
    path: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

/// The folders, made once.
fn data() -> &'static Path {
    static DATA: OnceLock<Data> = OnceLock::new();
    &DATA.get_or_init(make).path
}

fn make() -> Data {
    let data = match std::env::var_os("ANON_BENCH_DATA") {
        Some(path) => Data { path: path.into(), _temporary: None },
        None => {
            let folder = tempfile::tempdir().expect("a temporary folder can be made");
            Data { path: folder.path().to_owned(), _temporary: Some(folder) }
        }
    };
    for folder in (0..FOLDERS).map(|number| data.path.join(format!("study{number}"))) {
        if folder.is_dir() {
            continue;
        }
        fs::create_dir_all(&folder).expect("a folder can be made");
        for number in 0..FILES {
            fs::write(folder.join(format!("file{number}.dcm")), dicom(number)).expect("a file can be written");
        }
    }
    data
}

/// A CT slice's header, as far as it counts here: 30 elements up to StudyInstanceUID, and pixels to make 8 KiB.
fn dicom(number: usize) -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    for (element, value) in
        [(0x02, "1.2.840.10008.5.1.4.1.1.2"), (0x03, "1.2.826.0.1.3680043"), (0x10, "1.2.840.10008.1.2.1")]
    {
        bytes.extend(text(2, element, b"UI", value));
    }
    for element in
        [0x05, 0x08, 0x12, 0x13, 0x16, 0x18, 0x20, 0x21, 0x22, 0x23, 0x30, 0x31, 0x32, 0x33, 0x50, 0x60, 0x70, 0x80]
    {
        bytes.extend(text(8, element, b"LO", "a value of usual length"));
    }
    for element in [0x1030, 0x103E, 0x1070, 0x1090] {
        bytes.extend(text(8, element, b"LO", "a description"));
    }
    bytes.extend(text(0x10, 0x10, b"PN", "Doe^Jane"));
    bytes.extend(text(0x10, 0x20, b"LO", "1234567"));
    bytes.extend(text(0x18, 0x50, b"DS", "1.5"));
    bytes.extend(text(0x20, 0x0D, b"UI", &format!("1.2.826.0.1.3680043.2.{}", number % 2)));
    bytes.resize(8192, 0);
    bytes
}

fn text(group: u16, element: u16, vr: &[u8; 2], value: &str) -> Vec<u8> {
    let padded = value.len().next_multiple_of(2);
    let mut bytes = [group.to_le_bytes(), element.to_le_bytes(), *vr, (padded as u16).to_le_bytes()].concat();
    bytes.extend(value.as_bytes());
    bytes.resize(8 + padded, b' ');
    bytes
}

/// One selection of everything.
#[divan::bench(args = [1, 2, 8, 64])]
fn one_folder(bencher: Bencher<'_, '_>, threads: usize) {
    let scan = Scan { concurrency: NonZeroUsize::new(threads), ..Scan::default() };
    bencher
        .counter(ItemsCount::new(FOLDERS * FILES))
        .bench(|| scan.run(data(), &|_| {}).expect("the data can be read"));
}

/// A selection for each folder, as `map add-study-folders 'study*'` makes them, but for the writing.
#[divan::bench]
fn folder_by_folder(bencher: Bencher<'_, '_>) {
    let folders: Vec<PathBuf> = (0..FOLDERS).map(|number| data().join(format!("study{number}"))).collect();
    bencher
        .counter(ItemsCount::new(FOLDERS * FILES))
        .bench(|| Scan::default().run_each(&folders, &|_| {}, &|_, found| Ok(found.paths.len())));
}

/// Listing alone.
#[divan::bench]
fn by_name(bencher: Bencher<'_, '_>) {
    let scan = Scan { check: Check::ByName, ..Scan::default() };
    bencher
        .counter(ItemsCount::new(FOLDERS * FILES))
        .bench(|| scan.run(data(), &|_| {}).expect("the data can be read"));
}

/// The text of a selection of 20,000 files, and back.
#[divan::bench]
fn selection_round_trip(bencher: Bencher<'_, '_>) {
    let mut selection = Selection::new(data());
    selection.merge((0..FOLDERS * FILES).map(|number| format!("study{}/file{number}.dcm", number % FOLDERS)));
    bencher.counter(ItemsCount::new(FOLDERS * FILES)).bench(|| {
        Selection::parse(Path::new("bench"), selection.to_yaml().as_bytes()).expect("a selection reads what it wrote")
    });
}
