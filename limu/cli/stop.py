"""`limu stop`: end what runs in the background."""

import typer

from limu.cli.serve import stop


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("stop")(stop)
