"""What is wrong with a page as a browser lays it out: on a screen of some width, and on the sheet of page one."""

from axe_playwright_python.sync_playwright import Axe

# A4 between the page's margins, in the pixels of a screen: upright, and its width across.
SHEET = {"width": 703, "height": 1040}
ACROSS_PIXELS = 1032
# Labels of a chart that leave it, or lie on one another by more than a hair.
LABELS = """() => [...document.querySelectorAll('svg.picture')].flatMap(svg => {
    const box = svg.getBoundingClientRect();
    const all = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()])
        .filter(([, b]) => b.width);
    const cut = all.filter(([, b]) => b.left < box.left - 1 || b.right > box.right + 1
        || b.bottom > box.bottom + 1 || b.top < box.top - 2).map(([a]) => 'cut: ' + a);
    return cut.concat(all.flatMap(([a, p], n) => all.slice(n + 1).filter(([, q]) =>
        Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1.5 &&
        Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > Math.min(p.height, q.height) * 0.45
    ).map(([b]) => a + ' | ' + b)));
})"""
# Beyond the page, or with a label in pieces, each of which would be a column of its own.
CARDS = """() => [...document.querySelectorAll('.key-figure')].filter(card => {
    const held = card.closest('dl').parentElement.getBoundingClientRect().right + 1;
    return card.getBoundingClientRect().right > held || card.scrollWidth > card.clientWidth + 1
        || card.querySelector('dt').childNodes.length > 1;
}).map(card => card.textContent)"""
TABLES = """() => [...document.querySelectorAll('.proof .table')]
    .filter(t => t.scrollWidth > t.clientWidth + 1).map(t => t.querySelector('table').id)"""
WIDER = "() => document.documentElement.scrollWidth > innerWidth ? [document.documentElement.scrollWidth] : []"
# The one rule of axe whose answer hangs on the width: what scrolls is to be reached by keyboard.
SCROLLS = "scrollable-region-focusable"
CONTRASTS = """() => {
    const parse = c => { const n = c.match(/[\\d.]+/g)?.map(Number) ?? [0,0,0,0]; return n.length > 3 ? n : [...n, 1]; };
    const over = (top, below) => [0,1,2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
    const ground = element => {
        const layers = [];
        for (let e = element; e; e = e.parentElement) {
            const c = parse(getComputedStyle(e).backgroundColor);
            layers.push(c);
            if (c[3] === 1) break;
        }
        return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
    };
    const solid = fill => /^rgb/.test(fill) ? parse(fill) : null;
    // What lies under a letter of a chart: the shapes painted before it that hold its middle.
    const under = t => {
        const box = t.getBoundingClientRect(), svg = t.ownerSVGElement;
        let colour = ground(svg);
        for (const shape of svg.querySelectorAll('path, rect, circle, polygon, use')) {
            if (!(shape.compareDocumentPosition(t) & Node.DOCUMENT_POSITION_FOLLOWING)) break;
            if (shape.closest('defs, clipPath') || !shape.isPointInFill) continue;
            const style = getComputedStyle(shape), fill = solid(style.fill);
            if (!fill) continue;
            const point = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2)
                .matrixTransform(shape.getScreenCTM().inverse());
            if (shape.isPointInFill(point)) colour = over([...fill.slice(0, 3), fill[3] * style.fillOpacity * style.opacity], colour);
        }
        return colour;
    };
    const light = c => { const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const pairs = {};
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const e = walk.currentNode.parentElement;
        if (!walk.currentNode.data.trim() || !e.getBoundingClientRect().width || e.closest('style, defs')) continue;
        const style = getComputedStyle(e);
        if (style.visibility !== 'visible' || e.closest('.skip')) continue;
        const svg = e.closest('svg');
        const below = svg ? under(e.closest('text')) : ground(e);
        const ink = over(parse(svg ? style.fill : style.color), below);
        const [a, b] = [light(ink), light(below)].sort((x, y) => y - x);
        pairs[ink + ' on ' + below] ??= {contrast: (a + 0.05) / (b + 0.05), says: walk.currentNode.data.trim().slice(0, 30)};
    }
    return pairs;
}"""
LEGIBLE = 4.5
LOOKS = {"wider than the screen": WIDER, "labels": LABELS, "key figures": CARDS, "tables of proofs": TABLES}


def faults(page, width) -> dict[str, list]:
    """What a screen of that width shows wrongly. One layout a width, which is what takes the time."""
    page.set_viewport_size({"width": width, "height": 900})
    found = {name: page.evaluate(look) for name, look in LOOKS.items()}
    return {name: wrong for name, wrong in found.items() if wrong}


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


def faint(page) -> dict[str, dict]:
    """Words that hardly stand out from what lies under them, shapes of charts too, by the pair of colours."""
    pairs = page.evaluate(CONTRASTS)
    assert pairs, "a page has words"
    return {colours: pair for colours, pair in pairs.items() if pair["contrast"] < LEGIBLE}


def violations(page, **options) -> list[tuple[str, list[str]]]:
    """What axe finds, with the first elements. The driver puts it in by itself: the page's own policy lets no script run.

    Its rule of contrasts takes two thirds of its time and sees less than `faint`: no shapes under words.
    """
    chosen = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": False}}, **options}
    found = Axe().run(page, options=chosen).response["violations"]
    return [(one["id"], [node["html"][:90] for node in one["nodes"][:3]]) for one in found]


def fits_everybody(browser, file) -> None:
    """A page of no set: asks for nothing but itself, fits every screen and sheet, and axe finds nothing."""
    page = browser.new_page(viewport={"width": 400, "height": 900})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert (asked, violations(page), faint(page)) == ([file.as_uri()], [], {})
    for width in (400, 700, 1100):
        assert faults(page, width) == {}, f"at {width} px"
        assert violations(page, runOnly=[SCROLLS]) == [], f"at {width} px"
    page.emulate_media(media="print")
    for width in (SHEET["width"], ACROSS_PIXELS):
        assert faults(page, width) == {}, f"{width} px of paper"
    page.close()
