"""Commands within a command: whose names are known, and which needs no name."""

from typing import Any

from typer.core import TyperGroup

from triad_screener.errors import UnknownNameError


class Group(TyperGroup):
    """A group that says of an unknown command which one was meant."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - typer's own
        """Return the command that the arguments name.

        Raises:
            UnknownNameError: If there is none.
        """
        unknown = args[0] not in self.commands and not args[0].startswith("-")
        if unknown and not ctx.resilient_parsing:  # which is how completion looks
            raise UnknownNameError(
                f"command of {ctx.info_name}", args[0], self.commands
            )
        return super().resolve_command(ctx, args)


class Listing(Group):
    """A group whose command ``list`` is meant where none is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - likewise
        """Read the arguments, ``list`` put before those that name no command."""
        if not args or args[0] not in (*self.commands, "-h", "--help"):
            args = ["list", *args]
        return super().parse_args(ctx, args)
