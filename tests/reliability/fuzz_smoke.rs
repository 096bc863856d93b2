//! Every reader is given mutated seeds, the same ones each time: what is done where no fuzzer can run, for a few seconds.
//!
//! `ANON_FUZZ_SECONDS` gives each reader more time, `ANON_SEED` other mutations. `fuzz/run` is the real thing.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

use fastrand::Rng;

#[path = "../../fuzz/readers.rs"]
mod readers;

/// Longer inputs are cut, so that many are tried.
const LONGEST: usize = 20_000;

#[test]
fn fuzz_smoke() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let time = Duration::from_secs_f64(number("ANON_FUZZ_SECONDS").unwrap_or(0.5));
    for (name, read, folders) in readers::READERS {
        let seeds = seeds(folders);
        let mut rng = Rng::with_seed(number("ANON_SEED").map_or(1, |seed| seed as u64));
        let started = Instant::now();
        let mut inputs = 0;
        for seed in &seeds {
            feed(name, read, seed);
        }
        while started.elapsed() < time {
            let mut input = seeds[rng.usize(..seeds.len())].clone();
            for _ in 0..=rng.u8(..8) {
                mutate(&mut input, &seeds, &mut rng);
            }
            input.truncate(LONGEST);
            feed(name, read, &input);
            inputs += 1;
        }
        assert!(inputs > 0);
        println!("{name}: {inputs} inputs from {} seeds", seeds.len());
    }
}

fn seeds(folders: &[&str]) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn feed(name: &str, read: fn(&[u8]), input: &[u8]) {
    if catch_unwind(|| read(input)).is_err() {
        let path = std::env::temp_dir().join(format!("anon-fuzz-{name}"));
        fs::write(&path, input).unwrap();
        panic!("{name}: this input fails: {} ({})", path.display(), input.escape_ascii());
    }
}

/// One small change, of the kinds that break parsers.
fn mutate(input: &mut Vec<u8>, seeds: &[Vec<u8>], rng: &mut Rng) {
    const WORDS: [&[u8]; 24] = [
        b"\r",
        b"\n",
        b"\r\n",
        b"\"",
        b"\"\"",
        b",",
        b";",
        b"\t",
        b"\0",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\x85",
        b"'",
        b": ",
        b"- ",
        b"## Mapping ##",
        b"folder:",
        b"null",
        b"-1",
        b"99999999999999999999",
        b"\xff\xff\xff\xff",
        b"{",
        b"[",
        b"&a *a",
    ];
    let at = rng.usize(..=input.len());
    let some = rng.usize(..=(input.len() - at).min(64));
    match rng.u8(..7) {
        0 if at < input.len() => input[at] ^= 1 << rng.u8(..8),
        1 if at < input.len() => input[at] = rng.u8(..),
        2 => drop(input.drain(at..at + some)),
        3 => {
            let copy = input[at..at + some].to_vec();
            let to = rng.usize(..=input.len());
            input.splice(to..to, copy);
        }
        4 => {
            let other = &seeds[rng.usize(..seeds.len())];
            let from = rng.usize(..=other.len());
            let end = (from + rng.usize(..200)).min(other.len());
            input.splice(at..at, other[from..end].iter().copied());
        }
        5 if rng.u8(..8) == 0 => input.truncate(at),
        _ => drop(input.splice(at..at, WORDS[rng.usize(..WORDS.len())].iter().copied())),
    }
}
