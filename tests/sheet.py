"""Page one as a sheet of paper in a browser: what leaves it."""

# A4 between the page's margins, in the pixels of a screen.
SHEET = {"width": 703, "height": 1040}


def spilling(page) -> list[str]:
    """What ends below the sheet of page one; nothing where the page has none. The page is left as print has it."""
    page.emulate_media(media="print")
    page.set_viewport_size(SHEET)
    return page.evaluate(
        """() => {
            const sheet = document.querySelector('section.page-one')?.getBoundingClientRect();
            return !sheet ? [] : [...document.querySelectorAll('section.page-one *')]
                .filter(e => e.getBoundingClientRect().width && e.getBoundingClientRect().bottom > sheet.bottom + 1)
                .map(e => e.outerHTML.slice(0, 80));
        }"""
    )
