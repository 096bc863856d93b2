# Tries the packages in target/packages on Windows, as packaging/try does on Linux: wheel and zip, and on x64 the MSI as well.
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Set-Location "$PSScriptRoot/../.."

$packages = "$PWD/target/packages"
$version = (Select-String -Path Cargo.toml -Pattern '^version = "(.*)"').Matches[0].Groups[1].Value
$work = Join-Path ([IO.Path]::GetTempPath()) "anon-try"
$arm = $env:PROCESSOR_ARCHITECTURE -eq 'ARM64'
$system = if ($arm) { 'windows-arm64' } else { 'windows-x64' }
New-Item -ItemType Directory -Force $work | Out-Null

function Test-Anon($anon) {
    $said = & $anon --version
    if ($said -ne "anon $version") { throw "$anon says '$said'" }
    $env:ANON_SETTINGS = "$work/settings.yml"
    if (-not ((& $anon server list 2>$null) -match 'testserver')) { throw "$anon shows no servers" }
}

function Measure-Package($name, $script) {
    $time = (Measure-Command { & $script }).TotalSeconds
    if ($time -gt 60) { throw "$name took $time s" }
    '{0,-8} {1,7:N1} s  works' -f $name, $time
}

Measure-Package wheel {
    python -m venv "$work/venv"
    $tag = if ($arm) { 'win_arm64' } else { 'win_amd64' }
    & "$work/venv/Scripts/python" -m pip install --quiet --no-index (Get-Item "$packages/*$tag.whl").FullName
    Test-Anon "$work/venv/Scripts/anon.exe"
}

Measure-Package zip {
    Expand-Archive "$packages/anon-$version-$system.zip" $work -Force
    $anon = "$work/anon-$version-$system/anon.exe"
    Test-Anon $anon
    $about = (Get-Item $anon).VersionInfo
    if ($about.ProductName -ne 'anon' -or $about.ProductVersion -notlike "$version*") { throw "version information: $about" }
}

if (-not $arm) {
    Measure-Package msi {
        $msi = "$packages/anon-$version-windows-x64.msi"
        $run = Start-Process msiexec -ArgumentList "/i `"$msi`" /qn" -Wait -PassThru
        if ($run.ExitCode -ne 0) { throw "msiexec /i ended with $($run.ExitCode)" }
        # A terminal that is opened now has the new PATH.
        $folder = [Environment]::GetEnvironmentVariable('Path', 'Machine').Split(';') | Where-Object { $_ -like '*\anon\*' -or $_ -like '*\anon' }
        if (-not $folder) { throw 'the MSI did not write the PATH' }
        Test-Anon (Join-Path $folder 'anon.exe')
        $run = Start-Process msiexec -ArgumentList "/x `"$msi`" /qn" -Wait -PassThru
        if ($run.ExitCode -ne 0) { throw "msiexec /x ended with $($run.ExitCode)" }
    }
}
