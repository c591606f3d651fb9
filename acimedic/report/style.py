"""The one stylesheet of pages and reports: light and dark, narrow screens, paper.

Every pair of colours has a contrast of at least 4.5 : 1 (WCAG 2.2, success criterion 1.4.3). Pages forbid everything
that they do not bring along: `SOURCE` is what a Content-Security-Policy names to let this stylesheet in.
Source: https://www.w3.org/TR/CSP3/#grammardef-hash-source
"""

import base64
import hashlib

COLOURS: dict[str, dict[str, str]] = {
    "light": {
        "paper": "#ffffff",
        "raised": "#f3f4f6",
        "ink": "#1b1f24",
        "faint": "#57606a",
        "line": "#d0d7de",
        "link": "#0550ae",
        "bad": "#b3261e",
        "good": "#116329",
        "wary": "#7d4e00",
    },
    "dark": {
        "paper": "#0d1117",
        "raised": "#1b212a",
        "ink": "#e6edf3",
        "faint": "#9da7b3",
        "line": "#3d444d",
        "link": "#79c0ff",
        "bad": "#ff9a92",
        "good": "#7ee08a",
        "wary": "#e3b341",
    },
}


def _variables(theme: str) -> str:
    return "".join(f"--{name}:{value};" for name, value in COLOURS[theme].items())


STYLE = f"""
:root {{ color-scheme: light dark; {_variables("light")} }}
@media (prefers-color-scheme: dark) {{ :root {{ {_variables("dark")} }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; padding: 1rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }}
h1, h2, h3 {{ line-height: 1.25; margin: 1.5em 0 .5em; }}
h1 {{ font-size: 1.5rem; margin-top: 0; }}
h2 {{ font-size: 1.2rem; border-bottom: 1px solid var(--line); padding-bottom: .2em; }}
h2 code {{ font-size: 1em; }}
h3 {{ font-size: 1rem; }}
a {{ color: var(--link); }}
a:focus-visible, summary:focus-visible, button:focus-visible {{ outline: 3px solid var(--link); outline-offset: 2px; }}
code, pre {{ font-family: ui-monospace, Consolas, "Liberation Mono", monospace; font-size: .875rem;
  unicode-bidi: isolate; }}
pre {{ background: var(--raised); border: 1px solid var(--line); border-radius: .3rem; padding: .6rem .8rem;
  white-space: pre-wrap; }}
p, li, dd, td, th {{ unicode-bidi: isolate; }}
dl {{ display: grid; grid-template-columns: fit-content(14rem) minmax(0, 1fr); gap: .2rem 1rem; margin: .5rem 0; }}
dt {{ color: var(--faint); }}
dd {{ margin: 0; }}
table {{ border-collapse: collapse; table-layout: fixed; width: 100%; margin: .5rem 0 1rem; }}
caption {{ text-align: left; color: var(--faint); padding: .2rem 0; }}
th, td {{ text-align: left; vertical-align: top; border: 1px solid var(--line); padding: .3rem .5rem; }}
th {{ background: var(--raised); font-weight: 600; }}
thead th:first-child {{ width: 24%; }}
summary {{ cursor: pointer; padding: .3rem 0; }}
del {{ color: var(--bad); }}
ins {{ color: var(--good); text-decoration: none; }}
.outcome {{ font-weight: 600; }}
.cause-found {{ color: var(--bad); }}
.undetermined {{ color: var(--wary); }}
.not-a-pull-failure {{ color: var(--good); }}
.notice {{ border-left: .3rem solid var(--wary); padding: .3rem .8rem; background: var(--raised); }}
.source {{ color: var(--faint); font-size: .875rem; }}
@media (max-width: 40rem) {{
  dl {{ display: block; }}
  dd {{ margin: 0 0 .5rem; }}
  thead {{ position: absolute; clip-path: inset(50%); }}
  tr, th[scope="row"], td {{ display: block; width: 100%; }}
  td {{ border-top: 0; }}
}}
@media print {{
  :root {{ {_variables("light")} }}
  body {{ max-width: none; padding: 0; font-size: 10pt; }}
  pre, table, dl {{ break-inside: avoid; }}
  details::details-content {{ content-visibility: visible; display: block; }}
  a[href^="https:"]::after {{ content: " (" attr(href) ")"; }}
}}
"""

SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
