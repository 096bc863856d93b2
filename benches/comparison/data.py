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


def studies(root, folders, files):
    """`folders` studies of `files` slices each."""
    for folder in range(folders):
        path = root / f"study{folder}"
        path.mkdir(parents=True)
        for number in range(files):
            (path / f"file{number}.dcm").write_bytes(dicom(str(folder)))
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
