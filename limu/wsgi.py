"""The door for a WSGI server: `granian --interface wsgi limu.wsgi:application`."""

import os

# Its dictionaries are read by whoever first asks by pinyin: here they are there before the first visitor.
import pypinyin  # noqa: F401
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "limu.settings")

_pages = get_wsgi_application()

# Machines ask here many times a second: the door for them is read once Django knows its settings.
from limu.measure.api_gate import first  # noqa: E402

application = first(_pages)
