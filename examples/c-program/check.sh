# Run every report and compare it with the expected one: check.sh PROGRAM JOURNAL EXPECTED-FILE...
set -eu
program=$1 journal=$2
shift 2
for expected; do
    name=${expected##*/}
    report=${name%.txt}
    if "$program" "$report" "$journal" | diff -u "$expected" - >&2; then
        echo "$report: as expected"
    else
        echo "$program: the report '$report' is not as expected" >&2
        exit 1
    fi
done
