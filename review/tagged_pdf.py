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
        "bundles and papers are drawn as PDF, and what draws them is not on this machine: install Pango, HarfBuzz and a font "
        "(Debian: libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core)"
    ) from trouble

ImageFile.LOAD_TRUNCATED_IMAGES = False  # drawing sets it for the whole process; a broken upload is refused all the same

HERE, VARIANT = "bundle:/", "pdf/ua-1"
SIZES = (10, 9, 8, 7)  # points of the letters of a paper that has one page


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


def drawn(html: str, *, files: Mapping[str, bytes], one_page: bool = False) -> bytes:
    """Return the page as PDF/UA-1: title, language, structure and what each picture shows, for whoever reads with his ears or fingers."""
    page = weasyprint.HTML(string=html, base_url=HERE, url_fetcher=OfTheBundle(files))
    if not one_page:
        return bytes(page.write_pdf(pdf_variant=VARIANT))
    for points in SIZES:
        letters = weasyprint.CSS(string=f"html {{ font-size: {points}pt }}")
        document = page.render(stylesheets=[letters], pdf_variant=VARIANT)
        if len(document.pages) == 1:
            break
    return bytes(document.write_pdf(pdf_variant=VARIANT))
