//! What the user's locale says of text files: a decimal comma, and so `;` between the cells of a CSV file; and the encoding.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Whether the user's locale writes `1,5` rather than `1.5`.
#[cfg(unix)]
pub fn decimal_comma() -> bool {
    // SAFETY: the name is a C string; a locale that was made is used before it is freed, and freed once. `nl_langinfo_l`
    // returns a C string that lives as long as the locale.
    unsafe {
        let locale = libc::newlocale(libc::LC_NUMERIC_MASK, c"".as_ptr(), std::ptr::null_mut());
        if locale.is_null() {
            return false;
        }
        let radix = libc::nl_langinfo_l(libc::RADIXCHAR, locale);
        let comma = !radix.is_null() && std::ffi::CStr::from_ptr(radix).to_bytes() == b",";
        libc::freelocale(locale);
        comma
    }
}

/// Whether the user's regional settings write `1,5` rather than `1.5`.
#[cfg(windows)]
pub fn decimal_comma() -> bool {
    use windows_sys::Win32::Globalization::{GetLocaleInfoEx, LOCALE_SDECIMAL};
    // The separator is at most three characters and a NUL.
    let mut text = [0u16; 8];
    // SAFETY: a null name stands for the user's own settings; at most `text.len()` units are written.
    let length = unsafe { GetLocaleInfoEx(std::ptr::null(), LOCALE_SDECIMAL, text.as_mut_ptr(), text.len() as i32) };
    length > 1 && text[0] == u16::from(b',')
}

/// Unknown here: no decimal comma.
#[cfg(not(any(unix, windows)))]
pub fn decimal_comma() -> bool {
    false
}

/// The encoding that programs of this user read and write text files in: on Windows, its ANSI code page.
pub fn encoding() -> &'static Encoding {
    named_encoding().unwrap_or(UTF_8)
}

/// The encoding of text that is not UTF-8: the locale's own, or Windows-1252 where that is UTF-8.
pub fn code_page() -> &'static Encoding {
    let own = encoding();
    if own == UTF_8 { WINDOWS_1252 } else { own }
}

/// That of the locale; none for the locale `C`, in which Python and others take text for UTF-8.
#[cfg(unix)]
fn named_encoding() -> Option<&'static Encoding> {
    // SAFETY: as in `decimal_comma`.
    unsafe {
        let locale = libc::newlocale(libc::LC_CTYPE_MASK, c"".as_ptr(), std::ptr::null_mut());
        if locale.is_null() {
            return None;
        }
        let name = libc::nl_langinfo_l(libc::CODESET, locale);
        let name = if name.is_null() { None } else { Some(std::ffi::CStr::from_ptr(name).to_bytes().to_owned()) };
        libc::freelocale(locale);
        name.filter(|name| name != b"ANSI_X3.4-1968").and_then(|name| Encoding::for_label(&name))
    }
}

#[cfg(windows)]
fn named_encoding() -> Option<&'static Encoding> {
    // SAFETY: the call takes nothing and cannot fail.
    let page = unsafe { windows_sys::Win32::Globalization::GetACP() };
    codepage::to_encoding(u16::try_from(page).ok()?)
}

#[cfg(not(any(unix, windows)))]
fn named_encoding() -> Option<&'static Encoding> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::path::Path;
    use std::process::Command;

    /// What the process was started with counts, so each case is a process of its own.
    fn in_locale(name: &str, folder: &Path) -> String {
        let program = std::env::current_exe().expect("this program has a path");
        let output = Command::new(program)
            .args(["--exact", "text::locale::tests::says_which", "--nocapture", "--include-ignored"])
            .env("LC_ALL", name)
            .env("LOCPATH", folder)
            .output()
            .expect("this program can be started");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let (_, rest) = said.split_once("locale: ").unwrap_or_else(|| panic!("{output:?}"));
        rest.lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    #[ignore = "helper of the other tests"]
    fn says_which() {
        use std::io::Write;
        let comma = if super::decimal_comma() { "comma" } else { "point" };
        let encoding = super::encoding().name();
        writeln!(std::io::stderr(), "locale: {comma}, {encoding}").expect("stderr can be written");
    }

    #[test]
    fn the_c_locale_and_an_unknown_one_write_a_point_and_utf_8() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["C", "POSIX", "xx_XX.ISO-8859-2"] {
            assert_eq!(in_locale(name, folder.path()), "point, UTF-8", "{name}");
        }
    }

    /// Needs `localedef` and the locales' sources, as Debian's package `locales` has them.
    #[test]
    fn other_locales_say_what_they_write() {
        let folder = tempfile::tempdir().unwrap();
        for (source, charset, said) in [
            ("nl_NL", "UTF-8", "comma, UTF-8"),
            ("nl_NL", "CP1252", "comma, windows-1252"),
            ("pl_PL", "ISO-8859-2", "comma, ISO-8859-2"),
            ("en_US", "ISO-8859-1", "point, windows-1252"),
        ] {
            let path = folder.path().join(format!("{source}.{charset}"));
            let made = Command::new("localedef").args(["-c", "-i", source, "-f", charset]).arg(&path).output();
            if !made.is_ok_and(|made| made.status.success()) {
                return;
            }
            assert_eq!(in_locale(&format!("{source}.{charset}"), folder.path()), said);
        }
    }
}
