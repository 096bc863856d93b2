//! A folder that pretends to be a share.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::unc::UncPath;

/// `\\server\share`, and the folder of this computer that stands for it.
#[derive(Debug, Clone)]
pub(super) struct Share {
    name: UncPath,
    folder: PathBuf,
}

impl Share {
    pub(super) fn new(name: &str, folder: &Path) -> Result<Share> {
        let refuse = || Error::usage(format!("'{name}' is not a UNC path"), r"name a share, such as '\\server\share'");
        Ok(Share { name: UncPath::parse(name).ok_or_else(refuse)?, folder: folder.to_owned() })
    }

    pub(super) fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Where a UNC path leads on this computer, if it is the share or below it, and stays there.
    pub(super) fn local(&self, path: &str) -> Option<PathBuf> {
        let path = UncPath::parse(path)?;
        let mut parts = path.as_str().split('\\');
        let same = |name: &str, part: Option<&str>| part.is_some_and(|part| part.to_lowercase() == name.to_lowercase());
        if !self.name().split('\\').all(|name| same(name, parts.next())) {
            return None;
        }
        let mut local = self.folder.clone();
        for part in parts {
            // A colon would name a drive, or a stream of a file.
            if part == ".." || part.contains([':', '/']) {
                return None;
            }
            local.push(part);
        }
        Some(local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_below_the_share_lead_below_the_folder() {
        let share = Share::new(r"\\server\share", Path::new("folder")).unwrap();
        let local = |path| share.local(path);
        let below = |path: &str| Some(Path::new("folder").join(path));
        assert_eq!(local(r"\\server\share\mydata\patient1"), below("mydata/patient1"));
        assert_eq!(local(r"\\SERVER\Share\mydata\"), below("mydata"));
        assert_eq!(local(r"\\server\share\"), below(""));
        for elsewhere in [
            r"\\server\share2\mydata",
            r"\\server2\share\mydata",
            r"\\server\share\..\secret",
            r"\\server\share\a\..\..\secret",
            r"\\server\share\C:\secret",
            r"C:\share\mydata",
            "",
        ] {
            assert_eq!(local(elsewhere), None, "{elsewhere}");
        }
        assert!(Share::new("share", Path::new("folder")).is_err());
    }
}
