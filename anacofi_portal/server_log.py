"""What gunicorn writes, of errors and, where it is asked to, of each request."""

from gunicorn.glogging import Logger

from common.masking import MaskingFormatter


class ServerLogger(Logger):
    """gunicorn's own, that masks personal links."""

    def setup(self, cfg):
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                told = handler.formatter
                handler.setFormatter(MaskingFormatter(told._fmt, told.datefmt))
