"""Commands within a command, of which the first needs no name."""

from typing import Any

from typer.core import TyperGroup


class Listing(TyperGroup):
    """A group whose command ``list`` is meant where none is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - typer's own
        """Read the arguments, ``list`` put before those that name no command."""
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["list", *args]
        return super().parse_args(ctx, args)
