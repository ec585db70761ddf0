"""Writes a page as a tagged PDF (PDF/UA-1). It fetches nothing: pictures are those that are handed over with the page."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import ImageFile

try:
    import weasyprint
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse
except OSError as trouble:  # the libraries of the system that it draws with
    raise ImportError(
        "a bundle holds a PDF, and what draws it is not on this machine: install Pango, HarfBuzz and a font "
        "(Debian: libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core)"
    ) from trouble

ImageFile.LOAD_TRUNCATED_IMAGES = False  # drawing sets it for the whole process; a broken upload is refused all the same

HERE = "bundle:/"


class OfTheBundle(URLFetcher):  # type: ignore[misc]
    """Answers for the files of one bundle, and for nothing else."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=())
        self.files = files

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        raw = self.files.get(url.removeprefix(HERE))
        if raw is None:
            raise FatalURLFetchingError(f"{url[:200]} is no file of the bundle")
        return URLFetcherResponse(url, BytesIO(raw), {"Content-Type": "image/png"})


def drawn(html: str, *, files: Mapping[str, bytes]) -> bytes:
    """Return the page as PDF/UA-1: title, language, structure and what each picture shows, for whoever reads with his ears or fingers."""
    page = weasyprint.HTML(string=html, base_url=HERE, url_fetcher=OfTheBundle(files))
    return bytes(page.write_pdf(pdf_variant="pdf/ua-1"))
