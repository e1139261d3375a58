"""What several files of pages stand on."""

from tests.page.portal_town import town

__all__ = ["town"]
