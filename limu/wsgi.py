"""The door for a WSGI server: `granian --interface wsgi limu.wsgi:application`."""

import os

# Its dictionaries are read by whoever first asks by pinyin: here they are there before the first visitor.
import pypinyin  # noqa: F401
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "limu.settings")

application = get_wsgi_application()
