"""How the web processes run, in the demo and in production alike."""

import gc
import os

bind = os.environ.get("BIND", f"127.0.0.1:{os.environ.get('PORT', '8000')}")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
# More threads wait for one another's turn at Python: four cost members a seventh more CPU than
# two when 64 take a QCM at once. Who needs more at a time has more processes.
threads = int(os.environ.get("WEB_THREADS", "2"))
# A slow upload over a poor line takes its time; a worker that hangs is replaced.
timeout = 120
graceful_timeout = 20
# Against what may leak. A start costs a second of Python: at each 5,000 requests it was a tenth of
# what members cost.
max_requests = 50_000
max_requests_jitter = 5000
limit_request_line = 8190
accesslog = None
# Where one is asked for (`--access-logfile`), it holds no personal link.
logger_class = "anacofi_portal.server_log.ServerLogger"
loglevel = os.environ.get("LOG_LEVEL", "warning").lower()
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
control_socket_disable = True


def post_worker_init(worker):
    """Load every page's module, then keep Python's collector off what lives as long as this.

    A full collection walked all of it, a tenth of a second in the middle of somebody's answer.
    """
    from django.urls import get_resolver  # noqa: PLC0415 - gunicorn reads this before Django

    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 10, 10)
