"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = get_wsgi_application()

from review.pdf import can_draw  # noqa: E402

can_draw()  # now, before the first request: what draws is slow to load, and for that moment it makes broken pictures pass
