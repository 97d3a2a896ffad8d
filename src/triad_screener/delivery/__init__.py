"""The ways a letter takes, one per line. To add one: write its file, then its line."""

from triad_screener.ports import ChannelConnection
from triad_screener.registry import Registry

#: Given where to, a channel: a mail server, the path of a file, a folder.
CHANNELS: Registry[ChannelConnection] = Registry(
    "channel",
    {
        "email": "triad_screener.delivery.email:Email",
        "file": "triad_screener.delivery.file:File",
        "outbox": "triad_screener.delivery.outbox:Outbox",
    },
)
