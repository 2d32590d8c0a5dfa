#!/bin/bash
# Lint, then all tests on SQLite, then all tests on PostgreSQL and Redis where they are running.
set -euo pipefail
cd "$(dirname "$0")/.."
BIN=.venv/bin
export PYTHONDONTWRITEBYTECODE=1
# Left behind by a demo or a shell, these would send the tests somewhere else.
unset PORTAL_ENV PORTAL_DEMO DATABASE_URL REDIS_URL EMAIL_URL S3_BUCKET SITE_URL || true
PORTAL_VAR="$(mktemp -d)"
export PORTAL_VAR
trap 'rm -rf "$PORTAL_VAR"' EXIT

sh scripts/lint.sh

workers=$($BIN/python -c 'import os; print(min(4, len(os.sched_getaffinity(0))))')
export COVERAGE_FILE="$PORTAL_VAR/coverage"
measured=(--cov --cov-report=term:skip-covered)
run() {
  $BIN/pytest -n "$workers" -q --ignore=tests/browser "$@"
}
# Two at once, each worker with a running portal and a database of its own.
journeys() {
  $BIN/pytest -n 2 -q tests/browser "$@"
}

found=$($BIN/python scripts/services.py)
echo "== SQLite"
# On PostgreSQL all of them run, and what they reach is measured: those that are the same on every
# database need not run twice. Of the journeys, those run here whose sessions or locks are not.
if [ -n "$found" ]; then
  run -m "not corpus and not anywhere and not once" "$@"
  journeys -m both "$@"
else
  run "${measured[@]}" "$@"
  journeys "$@"
fi

if [ -n "$found" ]; then
  echo "== PostgreSQL et Redis"
  # shellcheck disable=SC2086,SC2163
  (export $found; run "${measured[@]}" "$@"; journeys "$@")
else
  echo "PostgreSQL et Redis : aucun test, l'un ou l'autre ne tourne pas ici (TEST_DATABASE_URL, TEST_REDIS_URL)."
  [ -z "${CI:-}" ] || { echo "En intégration continue, ces tests sont exigés."; exit 1; }
fi

if [ -n "${CI:-}" ] && ! command -v chromium >/dev/null; then
  echo "En intégration continue, les parcours dans un navigateur sont exigés."
  exit 1
fi
