#!/bin/sh
# Every check that reads the code without running a test.
set -eu
cd "$(dirname "$0")/.."
BIN=.venv/bin
$BIN/ruff check .
$BIN/ruff format --check --quiet .
$BIN/djlint templates --lint --quiet
$BIN/lint-imports
$BIN/mypy --no-error-summary
$BIN/python manage.py makemigrations --check --dry-run
# As production would start, with values that stand for the real ones: those of documentation
# (portail.example) it refuses.
PORTAL_ENV=production SECRET_KEY="$($BIN/python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
  ALLOWED_HOSTS=portail.anacofi.fr SITE_URL=https://portail.anacofi.fr \
  DATABASE_URL=postgres://portal:secret@localhost/portal REDIS_URL=redis://localhost:6379/0 \
  EMAIL_URL=smtp+tls://portal:secret@mail.anacofi.fr:587 S3_BUCKET=portal ALLAUTH_TRUSTED_PROXY_COUNT=1 \
  DEFAULT_FROM_EMAIL="ANACOFI Formation <formation@anacofi.fr>" STAFF_EMAILS=formation@anacofi.fr \
  $BIN/python -W ignore manage.py check --deploy --fail-level WARNING
