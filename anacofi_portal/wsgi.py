"""The WSGI entry point that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from common.wellformed import well_formed

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anacofi_portal.settings")

application = well_formed(get_wsgi_application())
