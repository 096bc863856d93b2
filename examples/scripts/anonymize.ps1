# From a list of accession numbers to finished jobs, unattended: .\anonymize.ps1 LIST REPORT
# Before: anon create set-defaults, for the project and the destination. Run it again after an interruption: no job is created twice.
param([Parameter(Mandatory)][string]$List, [Parameter(Mandatory)][string]$Report)
$ErrorActionPreference = 'Stop'
if (-not (Test-Path anon_mapping.csv)) {
    anon map init
    if ($LASTEXITCODE -eq 0) { anon map add-accession-numbers --input-file $List }
    if ($LASTEXITCODE -ne 0) { Remove-Item anon_mapping.csv -ErrorAction Ignore; exit 1 }
}
anon map activate
if ($LASTEXITCODE -eq 0) { anon create from-mapping --yes } else { exit 1 }
$status = $LASTEXITCODE
# Failed jobs get one more chance, except those of patients who have opted out.
anon batch watch --timeout 86400
if ($LASTEXITCODE -ne 0) { anon batch reset-error --except-opted-out --yes }
if ($LASTEXITCODE -eq 0) { anon batch watch --timeout 86400 }
if ($LASTEXITCODE -ne 0) { $status = $LASTEXITCODE }
anon batch report $Report
exit ([Math]::Max($status, $LASTEXITCODE))
