"""Where we reach behind Django's public face, because a goal needs it; nothing else may.

The goal: a whole QCM costs the servers at most twice what bare views would (`make bench-qcm`).
Every trick is one module, with its reason, what it costs to keep, and a test that fails when an
upgrade of Django changes what it stands on (`tests/common/test_engine.py`). What each brings is
measured by taking it away, `python -m bench.tricks`; the figures are in docs/performance.md. Two
that the goal did not need went that way: the check of kept connections by their socket, and one
Redis client kept for all commands.

- `prepared`: querysets put together once. Putting one together costs more than running it:
  without, a QCM costs 2.5 times the floor instead of 1.6. To keep: Django's compiler is asked once
  and stands in for itself (`as_sql`, `get_compiler`, `_iterable_class`, none of them promised); a
  queryset may only take plain values, and prefetches nothing.
- `guarded`: one statement that writes rows only while another row stands as it should, where
  Django needs a lock, a read and a write in a transaction: without, 2.0 times the floor. To keep:
  raw SQL, put together from the models' own columns and run on both databases by the tests.

`common.bulk` keeps its COPY and its UPDATE from arrays beside the plain way that it stands in for:
they are PostgreSQL's public face, and of the rosters, not of the QCM.
"""
