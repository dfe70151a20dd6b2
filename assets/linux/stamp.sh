# Every time in what is made, so that the same packages give the same bytes.
stamp='2026-01-01 00:00:00 UTC'
export LC_ALL=C TZ=UTC
SOURCE_DATE_EPOCH=$(date -d "$stamp" +%s); export SOURCE_DATE_EPOCH
