"""Entry into and exit from a serious list: notice, statement, decision by a second person, service."""
