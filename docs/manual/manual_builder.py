"""What the manual adds to Sphinx: a builder."""

import json
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinxcontrib.serializinghtml import JSONHTMLBuilder


class ManualBuilder(JSONHTMLBuilder):
    """A JSON file a page, whose address leaves out the manual's own folder; `contents.json` says, by address, in which
    file a page stands, its title, and the pages of a chapter."""

    name = "manual"
    search = False

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return super().get_target_uri(docname, typ).removeprefix("manual/")

    def handle_finish(self) -> None:
        super().handle_finish()
        inside = self.env.toctree_includes
        pages = {
            self.get_target_uri(name): {
                "file": f"{name}{self.out_suffix}",
                "title": title.astext(),
                "pages": [self.get_target_uri(one) for one in inside.get(name, [])],
            }
            for name, title in self.env.titles.items()
        }
        Path(self.outdir, "contents.json").write_text(json.dumps(pages, indent=1))


def setup(app) -> dict:
    app.setup_extension("sphinxcontrib.serializinghtml")
    app.add_builder(ManualBuilder)
    # Diagrams are drawn where the files are read on a code host; here they are their own words.
    app.add_lexer("mermaid", TextLexer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
