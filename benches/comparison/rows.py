"""What is measured: a function for each row, or few rows, of the table."""

import json
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import Optional

from . import data
from .idis import Idis
from .measure import Program, Run, least_work, median, shown, side_by_side

DELAY = 0.020
SLOW_OPEN = 2000  # microseconds


@dataclass
class Row:
    """A line of the table. `met` is None where nothing is wanted."""

    what: str
    theirs: str
    ours: str
    ratio: str = ""
    wanted: str = ""
    met: Optional[bool] = None


@dataclass
class Bench:
    """What every row gets."""

    anon: Program
    peer: Program
    true: Program
    folder: object
    cc: object
    quick: bool

    def rounds(self, full, quick=1):
        return quick if self.quick else full

    def place(self, name):
        """An empty folder."""
        path = self.folder / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        return path

    @property
    def yes(self):
        path = self.folder / "yes"
        path.write_text("y\ny\n")
        return path


def faster(what, runs, at_least, ours="anon", theirs="AnonAPI"):
    ratio = median(runs[theirs]) / median(runs[ours])
    times = shown(median(runs[theirs])), shown(median(runs[ours]))
    return Row(what, *times, f"{ratio:.1f}x", f">= {at_least}x" if at_least else "", ratio >= at_least if at_least else None)


def start(bench):
    """Whole processes, from spawn to wait, next to the smallest that there is."""
    folder = bench.place("start")
    for program in (bench.anon, bench.peer):
        data.write_settings(program)
    data.write_batch(folder, "http://127.0.0.1:9", 3)
    commands = {"status": ["status"], "batch info": ["batch", "info"], "--help": ["--help"]}
    runs = side_by_side(
        bench.rounds(400, 200),
        true=lambda: bench.true.run(folder=folder),
        **{name: lambda words=words: bench.anon.run(*words, folder=folder) for name, words in commands.items()},
    )
    theirs = side_by_side(
        bench.rounds(7, 3),
        **{name: lambda words=words: bench.peer.run(*words, folder=folder) for name, words in commands.items()},
    )
    yield Row("start: /bin/true", "", shown(median(runs["true"])))
    for name in commands:
        ratio = median(runs[name]) / median(runs["true"])
        yield Row(f"start: anon {name}", shown(median(theirs[name])), shown(median(runs[name])),
                  f"{ratio:.2f} x true", "<= 2 x true", ratio <= 2)


def compiled(bench, name, *flags):
    """A C program of benches/c."""
    source = os.path.join(os.path.dirname(__file__), "..", "c", f"{name}.c")
    target = bench.folder / name
    if not target.exists():
        subprocess.run([*bench.cc, "-O2", *flags, "-o", str(target), source, "-ldl"], check=True)
    return target


def add_studies(bench, program, folder, *options, pattern="study*", extra=None):
    """`map add-study-folders`, from the same state each time."""
    for selection in folder.glob("*/fileselection.txt"):
        selection.unlink()
    (folder / "fileselection.txt").unlink(missing_ok=True)
    data.write_settings(program, mapping=data.write_mapping(folder))
    return program.run("map", "add-study-folders", *options, pattern, folder=folder, extra=extra)


def selections(folder):
    """The selected paths of all studies."""
    texts = {path.parent.name: path.read_text() for path in sorted(folder.glob("*/fileselection.txt"))}
    return {name: re.findall("^- (.*)$", text, re.MULTILINE) for name, text in texts.items()}


def local(bench):
    """A local disk with everything in memory."""
    folders, files = (20, 200) if bench.quick else (100, 200)
    folder = data.studies(bench.place("local"), folders, files)
    os.sync()  # or the system writes the data to disk while it is measured
    loop = Program("walk_sniff", str(compiled(bench, "walk_sniff")), bench.anon.home)
    studies = [str(path) for path in folder.glob("study*")]
    loop.run(*studies, folder=folder)
    peer = side_by_side(bench.rounds(3), AnonAPI=lambda: add_studies(bench, bench.peer, folder))
    runs = side_by_side(
        bench.rounds(31, 15),
        C=lambda: loop.run(*studies, folder=folder),
        anon=lambda: add_studies(bench, bench.anon, folder),
        name=lambda: add_studies(bench, bench.anon, folder, "--no-check-dicom"),
    )
    runs.update(peer)
    what = f"add-study-folders: {folders * files:,} local files in {folders} folders"
    yield faster(what, runs, 10)
    ratio = median(runs["anon"]) / median(runs["C"])
    yield Row("the same, next to a C loop", f"C: {shown(median(runs['C']))}", shown(median(runs["anon"])), f"{ratio:.2f} x C")
    yield Row("the same, --no-check-dicom", "", shown(median(runs["name"])))


def share(bench):
    """A share on which each open costs 2 ms."""
    folders, files = (10, 100) if bench.quick else (50, 100)
    folder = data.studies(bench.place("share"), folders, files)
    shim = compiled(bench, "slow_open", "-shared", "-fPIC")
    slow = {"LD_PRELOAD": str(shim), "SLOW_OPEN_PREFIX": str(folder), "SLOW_OPEN_USEC": str(SLOW_OPEN)}
    add_studies(bench, bench.anon, folder, "--concurrency", "1")
    sequential = selections(folder)
    runs = side_by_side(
        bench.rounds(3),
        AnonAPI=lambda: add_studies(bench, bench.peer, folder, extra=slow),
        one=lambda: add_studies(bench, bench.anon, folder, "--concurrency", "1", extra=slow),
        anon=lambda: add_studies(bench, bench.anon, folder, extra=slow),
    )
    same = selections(folder) == sequential and sum(map(len, sequential.values())) == folders * files
    yield faster(f"add-study-folders: {folders * files:,} files, each open costs 2 ms", runs, 33)
    yield Row("the same, --concurrency 1", "", shown(median(runs["one"])))
    yield Row("the same files in the same order as one by one", "", "yes" if same else "no", "", "yes", same)


def million(bench):
    """How time and memory grow with the files of one study."""
    peak = Program("peak", str(compiled(bench, "peak")), bench.anon.home)
    sizes = [1_000, 10_000, 100_000] + ([] if bench.quick else [1_000_000])
    each, memory, again = {}, {}, {}
    for size in sizes:
        place = bench.place("million")
        data.links(place / "study", size)
        runs = [add_studies(bench, bench.anon, place) for _ in range(5)]
        (place / "study" / "fileselection.txt").unlink()
        memory[size] = peak_memory(bench, peak, place)
        again[size] = peak_memory(bench, peak, place)
        # Other programs make the clock run on, but not the work.
        each[size] = least_work(runs) / size
        yield Row(f"add-study-folders: {size:,} files in one study", "",
                  f"{shown(median(runs))}, {memory[size] / 2**20:.0f} MiB", f"{shown(each[size])} a file")
    shutil.rmtree(place)
    small, large = sizes[-2:]
    growth = (memory[large] - memory[small]) / (large - small)
    yield Row(f"memory for a file, {small:,} to {large:,}", "", f"{growth:.0f} bytes", "", "<= 200", growth <= 200)
    growth = (again[large] - again[small]) / (large - small)
    yield Row("the same where an earlier scan left its selection, which is read first", "", f"{growth:.0f} bytes")
    ratio = each[large] / each[small]
    yield Row(f"processor time for a file, of {large:,} next to {small:,}", "", shown(each[large]), f"{ratio:.2f}x", "<= 1.2x",
              ratio <= 1.2)


def peak_memory(bench, peak, folder):
    """The most memory, in bytes, that `map add-study-folders` has at once."""
    result = bench.folder / "peak.txt"
    data.write_settings(peak, mapping=data.write_mapping(folder))
    peak.run(bench.anon.path, "map", "add-study-folders", "study", folder=folder, extra={"PEAK_FILE": str(result)})
    return int(result.read_text()) * 1024


def same_as_ours(bench, place, words, told):
    """Ends it all unless anon finds what pydicom has found."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(bench.anon.home)}
    command = [bench.anon.path, *words, "--json"]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=place, env=environment).stdout
    rows = json.loads(found)["inspected"]
    sums = [str(sum(row[name] for row in rows)) for name in ("patients", "studies", "series", "bytes")]
    if sums != [*told[1:4], told[5]] or {",".join(row["modalities"]) for row in rows} != {told[4]}:
        raise SystemExit(f"anon finds {sums}, pydicom {told[1:]}")


def headers(bench):
    """What `map check --files` reads, next to pydicom reading the same attributes of the same files."""
    peak = Program("anon", str(compiled(bench, "peak")), bench.anon.home)
    result, python = bench.folder / "peak.txt", os.path.join(os.path.dirname(bench.peer.path), "python")
    script = os.path.join(os.path.dirname(__file__), "headers.py")
    for size in [1_000, 5_000] if bench.quick else [1_000, 5_000, 10_000, 100_000]:
        place = bench.place("headers")
        data.images(place / "data", size)
        folders = sorted(path.name for path in (place / "data").iterdir())
        rows = [f"folder:data\\{name},name{number},row" for number, name in enumerate(folders)]
        data.write_settings(bench.anon, mapping=data.write_mapping(place, rows))
        words = ["map", "check", "--files"]

        def theirs():
            told = subprocess.run([python, script, str(place / "data")], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
            same_as_ours(bench, place, words, told)
            return Run(float(told[0]), 0)

        runs = side_by_side(bench.rounds(3), pydicom=theirs, anon=lambda: bench.anon.run(*words, folder=place))
        peak.run(bench.anon.path, *words, folder=place, extra={"PEAK_FILE": str(result)})
        row = faster(f"map check --files: {size:,} images", runs, 15 if size >= 5_000 else None, theirs="pydicom")
        row.theirs = f"pydicom: {row.theirs}"
        row.ours += f", {int(result.read_text()) / 1024:.0f} MiB"
        yield row
        shutil.rmtree(place)


def server(bench):
    """A server that takes 20 ms for each answer."""
    idis = Idis(DELAY, jobs=20_000)
    try:
        yield from many_jobs(bench, idis)
        yield from batch_status(bench, idis)
        yield from create(bench, idis)
    finally:
        idis.close()


def many_jobs(bench, idis):
    folder = bench.place("server")
    for program in (bench.anon, bench.peer):
        data.write_settings(program, idis.url)
    data.write_batch(folder, idis.url, 200)
    ids = [str(number) for number in range(1, 101)]
    programs = {"AnonAPI": bench.peer, "anon": bench.anon}
    for what, words in (("batch reset of 200 jobs", ["batch", "reset"]), ("job info of 100 jobs", ["job", "info", *ids])):
        def call(program):
            return lambda: program.run(*words, folder=folder, answers=bench.yes)
        runs = side_by_side(bench.rounds(3), **{name: call(program) for name, program in programs.items()})
        yield faster(f"{what}, server at 20 ms", runs, 10)


def batch_status(bench, idis):
    folder = bench.place("status")
    for jobs in (10, 100, 1_000, 10_000):
        data.write_batch(folder, idis.url, jobs)
        beyond = []

        def ours():
            idis.forget()
            run = bench.anon.run("batch", "status", folder=folder)
            beyond.append(run.seconds - idis.busy)
            return run

        runs = side_by_side(
            bench.rounds(5), anon=ours, AnonAPI=lambda: bench.peer.run("batch", "status", folder=folder))
        # Every call to the peer comes between two of ours, so the last of ours counted its own requests only.
        yield faster(f"batch status of {jobs:,} jobs", runs, None)
    rest = sorted(beyond)[len(beyond) // 2]
    yield Row(f"batch status of {jobs:,} jobs, beyond the server's own time", "", shown(rest), "", "< 1 s", rest < 1)


def create(bench, idis):
    folder = bench.place("create")
    rows = data.accession_numbers(50)
    mapping = data.write_mapping(folder, rows)
    for program in (bench.anon, bench.peer):
        data.write_settings(program, idis.url, mapping)
    orders = []

    def call(program, *options):
        def once():
            data.forget_jobs(program, folder)
            idis.forget()
            run = program.run("create", "from-mapping", *options, folder=folder, answers=bench.yes)
            if len(set(idis.created)) != len(rows):
                raise SystemExit(f"{program.name} created {len(set(idis.created))} of {len(rows)} jobs")
            if program is bench.anon and not options:
                expected = [row.split(",")[0] for row in rows]
                orders.append(idis.created == expected)
            return run
        return once

    runs = side_by_side(
        bench.rounds(3), AnonAPI=call(bench.peer), anon=call(bench.anon), eight=call(bench.anon, "--concurrency", "8"))
    yield faster("create from-mapping of 50 rows, server at 20 ms", runs, None)
    yield Row("the same: in the order of the rows, each asked for once", "", "yes" if all(orders) else "no", "", "yes",
              all(orders))
    ratio = median(runs["anon"]) / median(runs["eight"])
    yield Row("the same, --concurrency 8 next to 1", "", shown(median(runs["eight"])), f"{ratio:.1f}x", ">= 2x", ratio >= 2)


def disk(bench):
    """What each job that is created costs beside the server, and how that grows with the rows."""
    shim = compiled(bench, "disk_wait", "-shared", "-fPIC")
    result = bench.folder / "disk_wait.txt"
    sizes = [100, 1_000] if bench.quick else [100, 1_000, 10_000]
    waits, rests = {}, {}
    idis = Idis(0, jobs=20_000)
    try:
        for size in sizes:
            folder = bench.place("disk")
            rows = data.accession_numbers(size)
            data.write_settings(bench.anon, idis.url, data.write_mapping(folder, rows))
            each = []
            for _ in range(bench.rounds(3)):
                data.forget_jobs(bench.anon, folder)
                idis.forget()
                extra = {"LD_PRELOAD": str(shim), "DISK_WAIT_FILE": str(result)}
                run = bench.anon.run("create", "from-mapping", "--yes", folder=folder, extra=extra)
                if len(set(idis.created)) != size:
                    raise SystemExit(f"{len(set(idis.created))} of {size} jobs were created")
                waited, times = result.read_text().split()
                each.append((float(waited) / size, (run.seconds - float(waited) - idis.busy) / size, int(times) / size))
            waits[size], rests[size], times = (sorted(one)[len(one) // 2] for one in zip(*each))
            yield Row(f"create from-mapping of {size:,} rows: waiting for the disk, for a job", "", shown(waits[size]),
                      f"{times:.2f} times")
            yield Row(f"create from-mapping of {size:,} rows: neither server nor disk, for a job", "", shown(rests[size]))
    finally:
        idis.close()
    for what, found in (("waiting for the disk", waits), ("neither server nor disk", rests)):
        ratio = found[sizes[-1]] / found[sizes[0]]
        yield Row(f"the same: {what}, of {sizes[-1]:,} rows next to {sizes[0]}", "", shown(found[sizes[-1]]), f"{ratio:.2f}x",
                  "<= 2x", ratio <= 2)


def mapping(bench):
    """A mapping of very many rows."""
    count = 10_000 if bench.quick else 100_000
    folder = bench.place("mapping")
    rows = data.accession_numbers(count)
    commands = {
        "map status": ["map", "status"],
        "map add-accession-numbers": ["map", "add-accession-numbers", "7654321.1234567"],
        "map check": ["map", "check"],
        "create --dry-run": ["create", "from-mapping", "--dry-run"],
    }

    def call(program, words):
        def once():
            data.write_settings(program, mapping=data.write_mapping(folder, rows))
            data.forget_jobs(program, folder)
            return program.run(*words, folder=folder, answers=bench.yes)
        return once

    for name, words in commands.items():
        runs = side_by_side(bench.rounds(7, 3), anon=call(bench.anon, words))
        theirs = ""
        if words != ["map", "check"]:
            theirs = shown(median(side_by_side(1, peer=call(bench.peer, words))["peer"]))
        time = median(runs["anon"])
        yield Row(f"{name}: {count:,} rows", theirs, shown(time), "", "< 1 s", time < 1)


def size(bench):
    """What is installed."""
    installed = bench.peer.path.rsplit("/bin/", 1)[0]
    theirs = sum(os.lstat(os.path.join(at, name)).st_size for at, _, names in os.walk(installed) for name in names)
    yield Row("size on disk (AnonAPI: with its virtual environment)", f"{theirs / 2**20:.0f} MiB",
              f"{os.stat(bench.anon.path).st_size / 2**20:.1f} MiB")


def build(bench, root):
    """A build from nothing."""
    started = time.monotonic()
    target = bench.place("build")
    subprocess.run(["cargo", "build", "--release", "--bin", "anon", "--target-dir", str(target)], check=True, cwd=root)
    yield Row("cargo build --release from nothing", "", shown(time.monotonic() - started))


ALL = {"start": start, "local": local, "share": share, "million": million, "headers": headers, "server": server, "disk": disk, "mapping": mapping, "size": size}
