//! The files of some folders at one moment.

use std::collections::BTreeMap;
use std::path::Path;

use walkdir::WalkDir;

/// The files of some folders at one moment, by the names that outcomes show.
pub struct Snapshot(BTreeMap<String, Vec<u8>>);

impl Snapshot {
    /// Takes each folder under a name: the file `a/b` of the folder named `.` is `./a/b`.
    pub fn of(folders: &[(&str, &Path)]) -> Snapshot {
        let mut files = BTreeMap::new();
        for (name, folder) in folders {
            for entry in
                WalkDir::new(folder).into_iter().filter_map(Result::ok).filter(|entry| !entry.file_type().is_dir())
            {
                let relative = entry.path().strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(format!("{name}/{relative}"), std::fs::read(entry.path()).unwrap_or_default());
            }
        }
        Snapshot(files)
    }

    /// The names of the files, sorted.
    pub fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// What is different later, sorted by name: `+` new, `~` changed, `-` gone.
    pub fn changes(&self, later: &Snapshot) -> Vec<String> {
        let mut changes = BTreeMap::new();
        for (name, content) in &later.0 {
            match self.0.get(name) {
                None => drop(changes.insert(name, '+')),
                Some(before) if before != content => drop(changes.insert(name, '~')),
                Some(_) => {}
            }
        }
        changes.extend(self.0.keys().filter(|name| !later.0.contains_key(*name)).map(|name| (name, '-')));
        changes.into_iter().map(|(name, sign)| format!("{sign} {name}")).collect()
    }
}
