"""What pages need on top of a report's own stylesheet: navigation, forms, lists, and where an incident stands."""

import base64
import hashlib

from acimedic.report.style import STYLE as REPORT

STYLE = f"""{REPORT}
body {{ max-width: 54rem; padding: 0 1.25rem 4rem; }}
.skip {{ position: absolute; left: -99rem; }}
.skip:focus {{ left: 1rem; top: .5rem; background: var(--paper); padding: .3rem .6rem; }}
.top {{ display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1.5rem; padding: 1rem 0;
  margin-bottom: 1.75rem; border-bottom: 1px solid var(--line); }}
.brand {{ font-weight: 650; color: var(--ink); text-decoration: none; }}
.top nav {{ display: flex; gap: 1.25rem; }}
.top p {{ margin: 0; }}
.top nav a {{ color: var(--faint); text-decoration: none; padding: .15rem 0; }}
.top nav a:hover, .top nav a[aria-current] {{ color: var(--ink); border-bottom: 2px solid var(--link); }}
main:focus {{ outline: none; }}
h1 {{ font-size: 1.6rem; letter-spacing: -.01em; }}
h2 {{ border-bottom: 0; padding-bottom: 0; margin-top: 2.25rem; }}
h2 code {{ font-size: 1em; }}
dl {{ grid-template-columns: fit-content(14rem) minmax(0, 1fr); }}
table {{ table-layout: fixed; }}
ins {{ text-decoration: none; }}
thead th:first-child {{ width: 24%; }}
.lead {{ font-size: 1.1rem; }}
.standing {{ background: var(--raised); border-left: .3rem solid var(--line); border-radius: 0 .4rem .4rem 0;
  padding: 1rem 1.25rem; margin: 1.25rem 0 2rem; }}
.standing p {{ margin: .35rem 0; }}
.standing h2 {{ margin-top: 0; }}
.standing .more {{ margin: 1rem 0 .25rem; }}
.standing.bad, .broken {{ border-left-color: var(--bad); }}
.standing.wary {{ border-left-color: var(--wary); }}
.standing.good {{ border-left-color: var(--good); }}
.state {{ font-weight: 600; }}
.bad > .state, .state.bad, .broken {{ color: var(--bad); }}
.wary > .state, .state.wary {{ color: var(--wary); }}
.good > .state, .state.good {{ color: var(--good); }}
@media (min-width: 40.01rem) {{ .causes {{ grid-template-columns: 20rem 1fr; gap: .4rem 1rem; }} }}
.faint {{ color: var(--faint); font-size: .9rem; }}
.list {{ list-style: none; margin: 1.5rem 0; padding: 0; }}
.list > li {{ padding: .9rem 0; border-top: 1px solid var(--line); }}
.list > li:last-child {{ border-bottom: 1px solid var(--line); }}
.list h2 {{ font-size: 1.05rem; margin: 0; }}
.list p {{ margin: .15rem 0 0; }}
.list.trail > li {{ padding: .6rem 0; }}
.filter {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem 1rem;
  align-items: end; }}
.filter label {{ display: block; font-size: .9rem; color: var(--faint); }}
input, select, button, .button {{ font: inherit; color: inherit; background: var(--paper); width: 100%;
  border: 1px solid var(--faint); border-radius: .35rem; padding: .4rem .6rem; height: 2.6rem; line-height: 1.6rem; }}
::placeholder {{ color: var(--faint); opacity: 1; }}
input:focus-visible, select:focus-visible {{ outline: 3px solid var(--link); outline-offset: 1px; }}
button, .button {{ cursor: pointer; font-weight: 600; }}
.main {{ background: var(--link); border-color: var(--link); color: var(--paper); }}
.button {{ display: inline-block; width: auto; text-decoration: none; }}
.decide {{ display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }}
.decide form {{ flex: 1 1 12rem; max-width: 20rem; }}
.more {{ margin-top: 1.5rem; }}
@media print {{ .top, .skip, .filter, .decide, .more {{ display: none; }} }}
"""

SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
"""From where styles may come, as a Content-Security-Policy words it: this very text and nothing else."""
