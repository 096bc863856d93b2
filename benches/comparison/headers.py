"""Reads with pydicom what `anon map check --files` reads, and prints the seconds that it took: headers.py FOLDER."""

import os
import sys
import time

from pydicom import dcmread

KEYWORDS = [
    "ImageType", "SOPClassUID", "SOPInstanceUID", "Modality", "ConversionType", "PatientName", "PatientID", "PatientBirthDate",
    "StudyInstanceUID", "SeriesInstanceUID", "BurnedInAnnotation",
]


def main():
    started = time.perf_counter()
    patients, studies, series, modalities, size = set(), set(), set(), set(), 0
    for at, _, names in os.walk(sys.argv[1]):
        for name in names:
            path = os.path.join(at, name)
            header = dcmread(path, stop_before_pixels=True, specific_tags=KEYWORDS)
            patients.add(header.get("PatientID"))
            studies.add(header.get("StudyInstanceUID"))
            series.add(header.get("SeriesInstanceUID"))
            modalities.add(header.get("Modality"))
            size += os.path.getsize(path)
    print(time.perf_counter() - started, len(patients), len(studies), len(series), ",".join(sorted(modalities)), size)


if __name__ == "__main__":
    main()
