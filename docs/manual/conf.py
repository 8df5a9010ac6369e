"""How Sphinx builds the manual from `docs/`: as JSON, a file a page, which `blackgem/manual.py` shows in the site.

`sphinx-build -c docs/manual -b manual docs FOLDER`; `python -m devtools.manual` does so where something has changed.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "BlackGem"
extensions = ["myst_parser", "manual_builder"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
#: `site:` is an address of the site itself, `[the API](site:api/docs)`.
myst_url_schemes = {"http": None, "https": None, "mailto": None, "site": "/{{path}}"}
root_doc = "manual/index"
include_patterns = ["*.md", "manual/**", "decisions/0*"]
#: Every picture there is, for who reads the files.
exclude_patterns = ["screens.md"]
nitpicky = True
smartquotes = False
html_copy_source = False
html_permalinks = False
