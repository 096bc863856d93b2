#!/usr/bin/env bash
# From a list of accession numbers to finished jobs, unattended: anonymize.sh LIST REPORT
# Before: anon create set-defaults, for the project and the destination. Run it again after an interruption: no job is created twice.
set -euo pipefail
list=$1 report=$2 status=0
if [ ! -e anon_mapping.csv ]; then
    anon map init
    anon map add-accession-numbers --input-file "$list" || { rm anon_mapping.csv; exit 1; }
fi
anon map activate
anon create from-mapping --yes || status=$?
# Failed jobs get one more chance, except those of patients who have opted out.
anon batch watch --timeout 86400 || {
    anon batch reset-error --except-opted-out --yes && anon batch watch --timeout 86400
} || status=$?
anon batch report "$report"
exit "$status"
