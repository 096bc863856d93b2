//! The mount table of Linux (`proc_pid_mountinfo(5)`).
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

use std::path::{Path, PathBuf};

use super::UncPath;

/// The UNC path of an absolute folder, if the mount that it is on is of a Windows share.
///
/// `table` is the text of `/proc/self/mountinfo`.
pub(super) fn unc_of(folder: &Path, table: &str) -> Option<UncPath> {
    let mut best: Option<(usize, Option<UncPath>)> = None;
    for mount in table.lines().filter_map(Mount::parse) {
        let Ok(below) = folder.strip_prefix(&mount.point) else { continue };
        let depth = Path::new(&mount.point).components().count();
        // If two mounts are on one folder, the later one hides the earlier.
        if best.as_ref().is_none_or(|(deepest, _)| depth >= *deepest) {
            let unc = below.to_str().and_then(|below| Some(mount.share()?.join(below)));
            best = Some((depth, unc));
        }
    }
    best?.1
}

/// Where the files of a UNC path are, if a mount shows them: the other way round.
pub(super) fn local_of(path: &UncPath, table: &str) -> Option<PathBuf> {
    let place = |mount: Mount| {
        let below = path.below(&mount.share()?)?;
        let folder = Path::new(&mount.point);
        Some(below.split('\\').filter(|part| !part.is_empty()).fold(folder.to_owned(), |place, part| place.join(part)))
    };
    let mut places = table.lines().filter_map(Mount::parse).filter_map(place);
    // Another mount may lie over it.
    places.find(|place| unc_of(place, table).is_some_and(|unc| unc.below(path) == Some("")))
}

struct Mount {
    /// Where in the mounted file system the mount begins: `/`, unless a folder of it was bound.
    root: String,
    point: String,
    kind: String,
    source: String,
    options: String,
}

impl Mount {
    /// `36 35 98:0 /root /point rw,noatime master:1 - cifs //server/share rw,vers=3.0`
    fn parse(line: &str) -> Option<Mount> {
        let (left, right) = line.split_once(" - ")?;
        let mut left = left.split(' ').skip(3);
        let mut right = right.split(' ');
        Some(Mount {
            root: unescaped(left.next()?),
            point: unescaped(left.next()?),
            kind: right.next()?.to_owned(),
            source: unescaped(right.next()?),
            options: unescaped(right.next().unwrap_or_default()),
        })
    }

    fn share(&self) -> Option<UncPath> {
        if !matches!(self.kind.as_str(), "cifs" | "smb3") {
            return None;
        }
        let source = UncPath::parse(&self.source)?;
        let mut parts = source.as_str().splitn(5, '\\').skip(2);
        let share = UncPath::parse(&format!(r"\\{}\{}", parts.next()?, parts.next()?))?;
        let option = self.options.split(',').find_map(|option| option.strip_prefix("prefixpath="));
        let mounted = parts.next().or(option).unwrap_or_default().replace('\\', "/");
        let (mounted, root) = (mounted.trim_matches('/'), self.root.trim_matches('/'));
        // The folder that was mounted is part of the root as well, or is not: that depends on how the kernel found it.
        if Path::new(root).starts_with(mounted) { Some(share.join(root)) } else { Some(share.join(mounted).join(root)) }
    }
}

/// Space, tab, line break and backslash are written as a backslash and three octal digits.
fn unescaped(field: &str) -> String {
    let bytes = field.as_bytes();
    let mut text = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = bytes.get(at + 1..at + 4).filter(|_| byte == b'\\').and_then(octal);
        text.push(code.unwrap_or(byte));
        at += if code.is_some() { 4 } else { 1 };
    }
    String::from_utf8_lossy(&text).into_owned()
}

fn octal(digits: &[u8]) -> Option<u8> {
    digits.iter().try_fold(0u8, |code, &digit| {
        let value = digit.checked_sub(b'0').filter(|value| *value < 8)?;
        code.checked_mul(8)?.checked_add(value)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TABLE: &str = r"22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:35 / /mnt/my\040share rw,relatime shared:3 master:1 - cifs //server/share\040one rw,vers=3.0
41 22 0:36 /sub /mnt/sub rw,relatime - cifs //server/share/sub rw,vers=3.0
42 22 0:37 / /mnt/prefix rw,relatime - cifs //server/share rw,prefixpath=deep/er,vers=3.0
43 22 0:36 /sub/patients /srv/bound rw,relatime - cifs //server/share/sub rw
44 22 0:38 / /mnt/new rw - smb3 \134\134server\134share rw
45 40 8:2 / /mnt/my\040share/local rw,relatime - ext4 /dev/sdb1 rw
46 22 0:39 / /mnt/hidden rw - cifs //server/old rw
47 22 0:40 / /mnt/hidden rw - tmpfs tmpfs rw
48 22 0:41 / /mnt/whole rw - cifs //server/share/data/set rw
49 22 0:42 / /mnt/nfs rw - nfs4 server:/export rw
a broken line
";

    fn of(folder: &str) -> Option<String> {
        unc_of(Path::new(folder), TABLE).map(|path| path.to_string())
    }

    #[test]
    fn the_mount_that_a_folder_is_on_gives_its_unc_path() {
        for (folder, path) in [
            ("/mnt/my share", r"\\server\share one"),
            ("/mnt/my share/data/p 1", r"\\server\share one\data\p 1"),
            ("/mnt/sub/x", r"\\server\share\sub\x"),
            ("/mnt/prefix/x", r"\\server\share\deep\er\x"),
            ("/srv/bound/p1", r"\\server\share\sub\patients\p1"),
            ("/mnt/new/x", r"\\server\share\x"),
            ("/mnt/whole/x", r"\\server\share\data\set\x"),
        ] {
            assert_eq!(of(folder).as_deref(), Some(path), "{folder}");
        }
    }

    #[test]
    fn a_unc_path_is_found_where_it_is_mounted() {
        let find = |path: &str| local_of(&UncPath::parse(path).unwrap(), TABLE);
        for (path, place) in [
            (r"\\server\share one", "/mnt/my share"),
            (r"\\SERVER\Share One\data\P 1", "/mnt/my share/data/P 1"),
            (r"\\server\share\sub\x", "/mnt/sub/x"),
            (r"\\server\share\deep\er\x", "/mnt/prefix/x"),
            (r"\\server\share\other", "/mnt/new/other"),
        ] {
            assert_eq!(find(path), Some(PathBuf::from(place)), "{path}");
        }
        for path in [r"\\server\old\x", r"\\server\share one\local\x", r"\\server\shar", r"\\other\share\x"] {
            assert_eq!(find(path), None, "{path}");
        }
    }

    #[test]
    fn other_folders_have_none() {
        for folder in ["/", "/home/jane", "/mnt/my share/local/x", "/mnt/my sharex", "/mnt/hidden/x", "/mnt/nfs/x"] {
            assert_eq!(of(folder), None, "{folder}");
        }
    }

    proptest! {
        #[test]
        fn no_table_panics(table in r"[ -~\n\\]{0,200}", escape in r"\\[0-9]{0,4}x?") {
            let _ = unc_of(Path::new("/mnt/x"), &format!("{table}\n1 2 0:3 / /mnt rw - cifs //a/{escape} rw\n"));
        }
    }
}
