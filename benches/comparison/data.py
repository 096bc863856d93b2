"""The data that is measured on, made in a temporary folder."""

import os
import struct

ROWS_HEADER = "source,pseudo_name,description"


def element(group, number, vr, value):
    value = value.encode()
    value += b" " * (len(value) % 2)
    return struct.pack("<HH2sH", group, number, vr, len(value)) + value


def dicom(patient):
    """A CT slice's header as far as StudyInstanceUID, and pixels to make 8 KiB."""
    parts = [bytes(128), b"DICM"]
    for number, value in ((2, "1.2.840.10008.5.1.4.1.1.2"), (3, "1.2.826.0.1.3680043"), (16, "1.2.840.10008.1.2.1")):
        parts.append(element(2, number, b"UI", value))
    for number in (5, 8, 18, 19, 22, 24, 32, 33, 34, 35, 48, 49, 50, 51, 80, 96, 112, 128):
        parts.append(element(8, number, b"LO", "a value of usual length"))
    parts.append(element(0x10, 0x10, b"PN", "Doe^Jane"))
    parts.append(element(0x10, 0x20, b"LO", patient))
    parts.append(element(0x18, 0x50, b"DS", "1.5"))
    parts.append(element(0x20, 0x0D, b"UI", f"1.2.826.0.1.3680043.2.{patient}"))
    return b"".join(parts).ljust(8192, b"\0")


def image(patient, number):
    """A CT slice with all that scanners write into a header: 78 elements, a sequence and a private one among them, and 8 KiB of pixels."""
    def long(group, number, vr, value):
        return struct.pack("<HH2sHI", group, number, vr, 0, len(value)) + value

    uid = f"1.2.826.0.1.3680043.2.{patient}"
    parts = [bytes(128), b"DICM"]
    meta = [element(2, n, b"UI", value) for n, value in ((2, "1.2.840.10008.5.1.4.1.1.2"), (3, f"{uid}.1.{number}"), (16, "1.2.840.10008.1.2.1"))]
    meta = b"".join(meta)
    parts += [struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(meta)), meta]
    parts.append(element(8, 8, b"CS", "ORIGINAL\\PRIMARY\\AXIAL"))
    parts += [element(8, n, b"UI", value) for n, value in ((0x16, "1.2.840.10008.5.1.4.1.1.2"), (0x18, f"{uid}.1.{number}"))]
    parts += [element(8, n, b"DA", "20200212") for n in range(0x20, 0x24)] + [element(8, n, b"TM", "101500") for n in range(0x30, 0x34)]
    parts += [element(8, 0x50, b"SH", "1234567.1234567"), element(8, 0x60, b"CS", "CT")]
    parts += [element(8, n, b"LO", "a value of usual length") for n in (0x70, 0x80, 0x1010, 0x1030, 0x103E, 0x1090)]
    item = element(8, 0x1150, b"UI", "1.2.840.10008.5.1.4.1.1.2") + element(8, 0x1155, b"UI", f"{uid}.9")
    parts.append(long(8, 0x1140, b"SQ", struct.pack("<HHI", 0xFFFE, 0xE000, len(item)) + item))
    parts.append(element(9, 0x10, b"LO", "A PRIVATE CREATOR") + long(9, 0x1001, b"UN", bytes(256)))
    parts += [element(0x10, 0x10, b"PN", f"Doe^{patient}"), element(0x10, 0x20, b"LO", patient), element(0x10, 0x30, b"DA", "19500131")]
    parts += [element(0x18, n, b"DS", "1.5") for n in range(0x50, 0x90, 2)]
    parts += [element(0x20, 0x0D, b"UI", uid), element(0x20, 0x0E, b"UI", f"{uid}.1")]
    parts += [element(0x20, n, b"IS", "1") for n in (0x11, 0x12, 0x13)] + [element(0x20, 0x32, b"DS", "-64\\-64\\5")]
    parts += [struct.pack("<HH2sHH", 0x28, n, b"US", 2, 64) for n in (2, 0x10, 0x11, 0x100, 0x101, 0x102)]
    parts += [element(0x28, n, b"DS", "1") for n in (0x1050, 0x1051, 0x1052, 0x1053)]
    parts.append(long(0x7FE0, 0x10, b"OW", bytes(8192)))
    return b"".join(parts)


def studies(root, folders, files):
    """`folders` studies of `files` slices each."""
    for folder in range(folders):
        path = root / f"study{folder}"
        path.mkdir(parents=True)
        for number in range(files):
            (path / f"file{number}.dcm").write_bytes(dicom(str(folder)))
    return root


def images(root, files, each=100):
    """So many slices, in folders of one patient each."""
    for number in range(files):
        path = root / f"patient{number // each}"
        if number % each == 0:
            path.mkdir(parents=True)
        (path / f"image{number % each:05}.dcm").write_bytes(image(str(number // each), number))
    return root


def links(root, files, each=1000):
    """So many names in folders of 1000, with one file behind all names of a folder: quickly made, and small."""
    for start in range(0, files, each):
        path = root / f"series{start // each:04}"
        path.mkdir(parents=True)
        first = path / "image00000.dcm"
        first.write_bytes(dicom("1"))
        for number in range(1, min(each, files - start)):
            os.link(first, path / f"image{number:05}.dcm")
    return root


def write_mapping(folder, rows=()):
    """A mapping that jobs can be made of."""
    lines = [
        "## Description ##", "Made to be measured", "", "## Options ##", r"root_source_path,\\server\share\data",
        "project,Wetenschap-Algemeen", r"destination_path,\\server\share\out", "", "## Mapping ##", ROWS_HEADER, *rows,
    ]
    path = folder / "anon_mapping.csv"
    path.write_text("\r\n".join(lines) + "\r\n")
    return path


def accession_numbers(count):
    return [f"accession_number:{1000000 + n}.{n:08},name{n:06},row number {n}" for n in range(count)]


def write_settings(program, url="http://127.0.0.1:9", mapping=None):
    """Settings that both programs read."""
    path = program.home / "AnonWebAPIClientSettings.yml"
    path.write_text(
        f"active_mapping_file: {mapping or 'null'}\nactive_server_name: p01\njob_default_parameters:\n- project,NOT_SET\n"
        f"- destination_path,.\nservers:\n  p01: {url}\nuser_name: z123456\nuser_token: token\nvalidate_ssl: true\n"
    )
    path.chmod(0o600)


def write_batch(folder, url, jobs):
    ids = "".join(f"- '{number}'\n" for number in range(1, jobs + 1))
    (folder / ".anonbatch").write_text(f"job_ids:\n{ids}server:\n  name: p01\n  url: {url}\n")


def forget_jobs(program, folder):
    """As if nothing had been created yet."""
    (folder / ".anonbatch").unlink(missing_ok=True)
    (program.home / ".anonapi" / "journal.jsonl").unlink(missing_ok=True)
