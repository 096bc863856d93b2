//! The parts that grow with the data: `cargo bench --bench parts`. What they add up to: `benches/compare`.

use std::path::Path;

use anonapi::api::{Client, Token};
use anonapi::batch::{Batch, BatchFolder};
use anonapi::creation::{Journal, Session};
use anonapi::mapping::Document;
use anonapi::plan::plan;
use anonapi::selection::Selection;
use anonapi::settings::{Server, Settings};
use anonapi::values::{Kind, Parameters};
use divan::{Bencher, black_box, counter::ItemsCount};

fn main() {
    divan::main();
}

const ROWS: [usize; 3] = [1_000, 10_000, 100_000];

/// A mapping of PACS studies, as a spreadsheet leaves it.
fn mapping(rows: usize) -> Vec<u8> {
    let mut text = String::from(
        "## Description ##\r\nMade to be measured\r\n\r\n## Options ##\r\nroot_source_path,\\\\server\\share\\data\r\n\
         project,Wetenschap-Algemeen\r\ndestination_path,\\\\server\\share\\out\r\n\r\n## Mapping ##\r\n\
         source,pseudo_name,description\r\n",
    );
    for row in 0..rows {
        text.push_str(&format!("accession_number:{}.{row:08},name{row:06},row number {row}\r\n", 1_000_000 + row));
    }
    text.into_bytes()
}

fn document(rows: usize) -> Document {
    Document::from_bytes(Path::new("anon_mapping.csv"), mapping(rows)).expect("the mapping is right")
}

fn server() -> Server {
    Server { name: "p01".to_owned(), url: "https://idis.example.org/p01".to_owned() }
}

#[divan::bench(args = ROWS)]
fn read_mapping(bencher: Bencher<'_, '_>, rows: usize) {
    let bytes = mapping(rows);
    bencher
        .counter(ItemsCount::new(rows))
        .with_inputs(|| bytes.clone())
        .bench_values(|bytes| Document::from_bytes(Path::new("anon_mapping.csv"), bytes));
}

#[divan::bench(args = ROWS)]
fn add_a_row(bencher: Bencher<'_, '_>, rows: usize) {
    let before = document(rows);
    let row = Parameters::from_pairs([(Kind::Source, "accession_number:7654321"), (Kind::PseudoName, "new")]);
    bencher
        .counter(ItemsCount::new(rows))
        .with_inputs(|| before.clone())
        .bench_refs(|document| document.add_rows(std::slice::from_ref(&row)));
}

#[divan::bench(args = ROWS)]
fn plan_jobs(bencher: Bencher<'_, '_>, rows: usize) {
    let document = document(rows);
    let defaults = Parameters::default();
    bencher.counter(ItemsCount::new(rows)).bench(|| plan(document.mapping(), &defaults));
}

/// Telling the rows that have a job from those that have none.
#[divan::bench(args = ROWS)]
fn recognise_rows(bencher: Bencher<'_, '_>, rows: usize) {
    let jobs = plan(document(rows).mapping(), &Parameters::default()).jobs;
    let server = server();
    let client = Client::new(&server.url, "z123456", Token::new("token")).expect("a URL");
    let folder = Path::new("no such folder");
    bencher.counter(ItemsCount::new(rows)).with_inputs(|| jobs.clone()).bench_values(|jobs| {
        let session = Session::new(&client, &server, BatchFolder::new(folder), &folder.join("journal.jsonl"), jobs);
        session.outline(|_| true).map(|outline| outline.new.len())
    });
}

/// A journal of as many lines as there are jobs that were created twice over.
#[divan::bench(args = [1_000, 100_000, 1_000_000], sample_count = 5)]
fn read_journal(bencher: Bencher<'_, '_>, lines: usize) {
    let line = |number: usize| {
        let event = if number.is_multiple_of(2) { "\"asked\"".to_owned() } else { format!("{{\"created\":{number}}}") };
        let (server, job) = ("00112233aabbccdd", format!("{:032x}", number / 2));
        format!(
            "{{\"v\":1,\"server\":\"{server}\",\"job\":\"{job}\",\"event\":{event},\"time\":\"2026-11-23T12:00:00\"}}\n"
        )
    };
    let text: String = (0..lines).map(line).collect();
    let path = Path::new("journal.jsonl");
    bencher.counter(ItemsCount::new(lines)).bench(|| Journal::parse(path, "https://a/p", text.as_bytes()));
}

#[divan::bench]
fn read_settings(bencher: Bencher<'_, '_>) {
    let text =
        b"active_mapping_file: null\nactive_server_name: p01\njob_default_parameters:\n- project,NOT_SET\nservers:\n  \
                 p01: https://idis.example.org/p01\nuser_name: z123456\nuser_token: token\nvalidate_ssl: true\n";
    bencher.bench(|| Settings::parse(black_box(text), Path::new("settings.yml")));
}

#[divan::bench(args = [10, 100, 1_000, 10_000])]
fn read_batch(bencher: Bencher<'_, '_>, jobs: usize) {
    let ids: String = (1..=jobs).map(|id| format!("- '{id}'\n")).collect();
    let text = format!("job_ids:\n{ids}server:\n  name: p01\n  url: https://idis.example.org/p01\n");
    bencher.counter(ItemsCount::new(jobs)).bench(|| Batch::parse(text.as_bytes(), Path::new(".anonbatch")));
}

#[divan::bench(args = ROWS)]
fn write_selection(bencher: Bencher<'_, '_>, files: usize) {
    let mut selection = Selection::new(Path::new("study"));
    selection.merge((0..files).map(|number| format!("series{}/image{number:06}.dcm", number / 1000)));
    bencher.counter(ItemsCount::new(files)).bench(|| selection.to_yaml());
}

#[divan::bench(args = ROWS)]
fn read_selection(bencher: Bencher<'_, '_>, files: usize) {
    let paths: String = (0..files).map(|file| format!("- series {}/IM{file:06}.dcm\n", file / 1000)).collect();
    let text = format!("description: study\nid: bfc33f5e-d1cc-472e-aa05-31a5979d52be\nselected_paths:\n{paths}");
    bencher
        .counter(ItemsCount::new(files))
        .bench(|| Selection::parse(Path::new("fileselection.txt"), black_box(text.as_bytes())));
}

/// As PyYAML writes names that are not ASCII.
#[divan::bench(args = ROWS)]
fn read_selection_in_quotes(bencher: Bencher<'_, '_>, files: usize) {
    let paths: String = (0..files).map(|file| format!("- \"s\\xE9rie {}/IM{file:06}.dcm\"\n", file / 1000)).collect();
    let text = format!("description: study\nid: bfc33f5e-d1cc-472e-aa05-31a5979d52be\nselected_paths:\n{paths}");
    bencher
        .counter(ItemsCount::new(files))
        .bench(|| Selection::parse(Path::new("fileselection.txt"), black_box(text.as_bytes())));
}
