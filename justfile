# Common commands while working on anon; `just` lists them.

_list:
    @just --list

# Unit tests, and the cli tests whose names contain FILTER: under a minute when compiled
quick FILTER="":
    cargo test --locked --lib
    cargo test --locked --test cli -- {{ FILTER }}

# Everything that must pass before a change is merged
all:
    .ci/run

# Format, and lint as CI does
lint:
    cargo fmt
    cargo clippy --locked --all-targets -- -D warnings

# Accept new output: snapshots, the command reference, sessions and terminals in the documentation
accept:
    SNAPSHOTS=overwrite cargo test --locked --test cli
    UPDATE_DOCS=1 cargo test --locked --test docs

# Both tutorials, end to end, on a sandbox server
quickstart:
    cargo run --locked --example quickstart

# The documentation site, in target/site/html; needs mdBook: cargo install --locked mdbook mdbook-mermaid
site:
    docs/site/build

# Compare with AnonAPI on this computer: start, scan, reset, lists
compare:
    benches/compare

# Licences, sources and duplicates of the dependencies; advisories too where there is a network
deny:
    cargo deny check
