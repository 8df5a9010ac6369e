from django.contrib.staticfiles.management.commands import collectstatic


class Command(collectstatic.Command):
    help = "Collects the site's static files, without what only the renderer of letters reads and no page asks for."

    def set_options(self, **options):
        unpublished = ["pdf", "fonts-pdf.css", "ext", "htm*-4*", "htmx-2.js"]
        super().set_options(**options | {"ignore_patterns": [*options["ignore_patterns"], *unpublished]})
