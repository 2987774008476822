"""What every command prints and reads: UTF-8 whatever the terminal speaks, and a failure in one line."""

from __future__ import annotations

import click


class Failure(click.ClickException):
    exit_code = 2


def failed(message: object) -> click.ClickException:
    return Failure(str(message))


def print_text(text: str) -> None:
    """What programs may read is UTF-8, whatever the terminal speaks."""
    click.echo(text.encode())


def text_of(file: str) -> str:
    try:
        with click.open_file(file, "rb") as opened:
            # Some editors begin a file with a mark that is no part of the JSON.
            return bytes(opened.read()).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise failed("this is not UTF-8 text") from problem
    except OSError as problem:
        raise failed(f"{file} cannot be read: {problem.strerror}") from problem
