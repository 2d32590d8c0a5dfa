"""Where we reach behind Django's public face, because a goal needs it; nothing else may.

The goal: a whole QCM costs the servers at most twice what bare views would (`make bench-qcm`).
Every trick is one module, with its reason, what it costs to keep, and a test that fails when an
upgrade of Django (or redis-py) changes what it stands on: `tests/common/test_engine.py`. What
each brings is measured by taking it away, `python -m bench.tricks`; the figures are in
docs/performance.md, and what the goal does not need goes.

- `prepared`: querysets put together once. Putting one together costs more than running it. To
  keep: Django's compiler is asked once and stands in for itself (`as_sql`, `get_compiler`,
  `_iterable_class`, none of them promised); a queryset may only take plain values.
- `postgresql`: a kept connection is checked by its socket, not by a « SELECT 1 » of each request.
  To keep: one overridden method, `close_if_health_check_failed`.
- `cache`: one Redis client instead of a new one for each command. To keep: one overridden method,
  `RedisCacheClient.get_client`.
- `guarded`: one statement that writes rows only while another row stands as it should, where
  Django needs a lock, a read and a write in a transaction. To keep: raw SQL, put together from
  the models' own columns and run on both databases by the tests.
"""
