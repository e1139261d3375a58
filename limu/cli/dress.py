"""The help of commands, set in the language of the terminal and drawn whole: loaded only where help is asked for."""

from typing import Any

from rich.text import Text
from typer import rich_utils

from limu.cli.language import is_english, parser_told, told

HEADINGS = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "REQUIRED_LONG_STRING": "[必填]",
    "DEFAULT_STRING": "[缺省：{}]",
}
"""The headings of a help text, by their names in the library that draws it."""
OWN = {name: getattr(rich_utils, name) for name in HEADINGS}
"""The same as the library has them."""


def dress(command: Any) -> Any:
    """Set the help of a command, of its options and of the commands below it in the language of this terminal."""
    for name, word in (OWN if is_english() else HEADINGS).items():
        setattr(rich_utils, name, word)
    rich_utils.highlighter = Whole()
    _dress(command)
    return command


def _dress(command: Any) -> None:
    command.help = _either(command.help)
    for option in (*command.params, command.get_help_option(command.context_class(command))):
        if hasattr(option, "help"):
            option.help = _either(option.help)
            _show_default(option)
    for below in getattr(command, "commands", {}).values():
        _dress(below)


def _show_default(option: Any) -> None:
    # A default in Chinese has no blanks to be folded at: it stands in the sentence.
    if isinstance(option.default, str) and not option.default.isascii() and option.help:
        option.help += f" {rich_utils.DEFAULT_STRING.format(option.default)}".replace("[", r"\[")
        option.show_default = False


def _either(text: str | None) -> str | None:
    return text and parser_told(told(" ".join(text.split())))


class Whole(rich_utils.OptionHighlighter):
    """Colours a help text, and has a long sentence without blanks folded: the table would cut its end off."""

    def __call__(self, text: str | Text) -> Text:
        """Take the usage line as a word, all else as it is."""
        if isinstance(text, str) and text.startswith("Usage: "):
            text = text.replace("Usage: ", parser_told("Usage: "), 1)
        coloured = super().__call__(text)
        coloured.overflow = "fold"
        return coloured
