"""What the web server need not say: threads outnumber the cores on purpose, as holders of the feed wait in theirs."""

import logging

MEANT = "Configuration allows spawning up to"


class Meant(logging.Filter):
    """Lets every message pass but the one about a setting of ours (cli/serve.py: THREADS and WAITERS)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether a message is to be shown."""
        return not record.getMessage().startswith(MEANT)
