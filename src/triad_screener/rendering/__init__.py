"""The output formats, one per line, and the parts of a mail, the plainest first.

To add one: write its file, then add its line.
"""

from triad_screener.ports import Renderer
from triad_screener.registry import Registry

RENDERERS: Registry[Renderer] = Registry(
    "output format",
    {
        "csv": "triad_screener.rendering.delimited:render_csv",
        "html": "triad_screener.rendering.html:render",
        "json": "triad_screener.rendering.notation:render",
        "markdown": "triad_screener.rendering.markdown:render",
        "ndjson": "triad_screener.rendering.notation:render_lines",
        "table": "triad_screener.rendering.table:render",
        "tickers": "triad_screener.rendering.tickers:render",
        "tsv": "triad_screener.rendering.delimited:render_tsv",
    },
)

MAIL_PARTS: Registry[Renderer] = Registry(
    "part of a mail",
    {
        "text": "triad_screener.rendering.table:render",
        "html": "triad_screener.rendering.mail:render",
    },
)
