"""The page that `serve` has for trying a row: a field for each column that the model's schema names."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

SCHEMA = "schema.json"

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
form { display: grid; gap: .75rem 1rem; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }
label { align-content: end; display: grid; font-size: .875rem; }
input, select, textarea, button { font: inherit; padding: .375rem .5rem; }
textarea { min-height: 10rem; }
.wide { grid-column: 1 / -1; }
pre { border: 1px solid; border-radius: .375rem; overflow-x: auto; padding: .75rem; white-space: pre-wrap; }
"""

_SCRIPT = """
const form = document.querySelector('form'), out = document.querySelector('pre');
const cell = text => /[",\\r\\n]|^[ \\t]|^$/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
form.addEventListener('submit', async event => {
  event.preventDefault();
  const rows = form.elements.rows;
  const fields = [...form.querySelectorAll('[data-column]')].map(field => field.value);
  const line = fields.map(text => text === '' && fields.length > 1 ? '' : cell(text)).join(',');
  const body = rows ? rows.value : line + '\\n';
  out.textContent = '...';
  const begin = performance.now();
  try {
    const headers = { 'Content-Type': 'text/csv', 'Accept': 'application/json' };
    const answer = await fetch('/invocations', { method: 'POST', headers, body });
    const text = await answer.text();
    out.textContent = `${answer.status} in ${(performance.now() - begin).toFixed(0)} ms\\n\\n${text}`;
  } catch (error) {
    out.textContent = String(error);
  }
});
"""

_INTERFACE = """
<p>The page asks <code>/invocations</code>, as SageMaker does. An API in front of the endpoint checks requests
first: <code>POST /predict</code>, <a href="/schema">/schema</a>, <a href="/openapi.json">/openapi.json</a>,
<a href="/health">/health</a> and <a href="/version">/version</a> answer here by the same code.</p>
"""


def page(title: str, model: Path) -> bytes:
    """Return the page; without a schema it takes rows of CSV."""
    columns = _columns(model / SCHEMA)
    fields = (
        "".join(map(_field, columns))
        if columns
        else '<label class="wide">Rows, as CSV without a header<textarea name="rows"></textarea></label>'
    )
    name = html.escape(title)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        '<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head><body>"
        f"<h1>{name}</h1><form>{fields}"
        '<button class="wide">Ask the model</button></form>'
        f"{_INTERFACE}"
        f'<h2>Answer</h2><pre aria-live="polite">none yet</pre><script>{_SCRIPT}</script></body></html>'
    ).encode()


def _columns(path: Path) -> list[dict[str, Any]]:
    """The columns of a request; none where the artifact has no schema that this knows."""
    try:
        columns = json.loads(path.read_text("utf-8"))["columns"]
        return [column for column in columns if isinstance(column["name"], str)]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _field(column: dict[str, Any]) -> str:
    name, kind = html.escape(column["name"]), html.escape(str(column.get("kind", "")))
    known = [str(category) for category in column.get("categories") or []]
    listed = "".join(f'<option value="{html.escape(category)}">' for category in known)
    where = f' list="{name}-known"' if known else ""
    values = f'<datalist id="{name}-known">{listed}</datalist>' if known else ""
    return f'<label>{name} ({kind})<input data-column{where} autocomplete="off">{values}</label>'
