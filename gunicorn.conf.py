"""How the web processes run, in the demo and in production alike."""

import os

bind = os.environ.get("BIND", f"127.0.0.1:{os.environ.get('PORT', '8000')}")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
# A slow upload over a poor line takes its time; a worker that hangs is replaced.
timeout = 120
graceful_timeout = 20
max_requests = 5000
max_requests_jitter = 500
limit_request_line = 8190
accesslog = None
loglevel = os.environ.get("LOG_LEVEL", "warning").lower()
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
control_socket_disable = True
