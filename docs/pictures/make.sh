#!/usr/bin/env bash
# Draws the spreadsheets of the documentation from real files, with LibreOffice, poppler and ImageMagick, into docs/pictures/*.png.
# The pictures of terminals are made by a test: UPDATE_DOCS=1 cargo test --test docs pictures
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

office() {
    soffice -env:UserInstallation="file://$work/profile" --headless "$@" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
}

# sheet NAME FILE [SEPARATOR]: the cells of a file, as a spreadsheet program shows them, in docs/pictures/NAME.png.
# The separator that cells of a CSV file are cut at is given by its number: 44 is a comma, 59 a semicolon.
sheet() {
    local name=$1 file=$2 separator=${3:-}
    office ${separator:+--infilter="CSV:$separator,34,76"} --convert-to fods --outdir "$work" "$file"
    local flat
    flat=$work/$(basename "${file%.*}").fods
    # Print what a window shows: the grid and the letters and numbers around it, and no page around those.
    sed -i -E \
        -e '/<style:page-layout-properties /{s/ (style:print|fo:margin[a-z-]*|fo:page-[a-z]+|style:print-orientation)="[^"]*"//g
            s/<style:page-layout-properties/& style:print="grid headers" fo:margin="0.5cm" fo:page-width="40cm" fo:page-height="20cm"/}' \
        -e 's/ style:display="[a-z]*"//; s/<style:(header|footer)( |>|\/)/<style:\1 style:display="false"\2/' "$flat"
    office --convert-to pdf --outdir "$work" "$flat"
    pdftoppm -png -singlefile -r 110 "${flat%.fods}.pdf" "$work/$name"
    convert "$work/$name.png" -trim +repage -bordercolor white -border 8 -strip -colors 32 "docs/pictures/$name.png"
}

lists=(examples/data/accession_numbers.xlsx examples/data/folders.xlsx)
mapping=docs/pictures/anon_mapping.csv
sheet list-pacs "${lists[0]}"
sheet list-share "${lists[1]}"
sheet mapping "$mapping" 44
sheet mapping-in-one-column "$mapping" 59

# A report of jobs that went wrong, from the practice folder.
cargo build --locked --quiet --bin anon --example sandbox
programs=$(cargo metadata --locked --no-deps --format-version 1 | sed -E 's/.*"target_directory":"([^"]*)".*/\1/')/debug
"$programs/examples/sandbox" --folder "$work/anon-sandbox" --port 8431 --seconds-per-step 0.1 > "$work/log" &
sandbox=$!
trap 'kill $sandbox; rm -rf "$work"' EXIT
export ANON_SETTINGS=$work/anon-sandbox/settings.yml
anon() {
    "$programs/anon" --yes --quiet --directory "$work/anon-sandbox/exercises" "$@"
}
until anon server status > "$work/status" 2>&1; do sleep 0.2; done
anon map init
anon map add-accession-numbers --input-file accession_numbers.csv
anon map set project Wetenschap-Algemeen
anon map set destination_path //server/share/myoutput
anon create from-mapping
sleep 1
anon batch report report.xlsx
sheet report "$work/anon-sandbox/exercises/report.xlsx"

# A test tells when these have changed.
sha256sum "${lists[@]}" "$mapping" > docs/pictures/drawn-from.sha256
