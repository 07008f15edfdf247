"""Web pages: the article, without what a site puts around it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html as lxml_html
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from bihuan.files.faults import Extract, Unreadable

DROPPED = {"script", "style", "nav", "header", "footer", "aside", "form", "noscript", "iframe"}
DROPPED |= {"select", "button", "template", "svg", "object", "embed", "head", "input", "textarea"}
BLOCKS = {"p", "div", "section", "article", "main", "li", "ul", "ol", "dl", "dt", "dd", "table"}
BLOCKS |= {"tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "center", "body", "hr"}
BLOCKS |= {"thead", "tbody", "tfoot", "caption", "figure", "figcaption", "address", "br"}
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
FURNITURE = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|menu|header|footer|foot|sidebar|breadcrumb|crumbs?|share|copyright"
    r"|comments?|related|pager|pagination|toolbar|advert|ads?|position|location)(?:$|[-_\s\d])",
    re.IGNORECASE,
)
CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
DECLARED = {"big5": "big5hkscs", "big5-hkscs": "big5hkscs"}
SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
# A page whose best part holds less than this share of its text has no main part.
MAIN_SHARE = 0.4
SHORT = 12


def redecode(data: bytes, text: str, encoding: str) -> str:
    """`text`, unless the page declares an encoding that the usual ladder does not know."""
    found = CHARSET.search(data[:4096])
    declared = DECLARED.get(found.group(1).decode("ascii").lower()) if found else None
    if declared is None or encoding != "gb18030":
        return text
    try:
        return data.decode(declared)
    except UnicodeDecodeError:
        return text


def read(text: str) -> Extract:
    """The article of a page, one line a paragraph. Raises `Unreadable`: empty, damaged."""
    # An XML declaration with an encoding is refused by lxml in text that is decoded already.
    bare = re.sub(r"^\s*(?:\ufeff)?<\?xml[^>]*>", "", text)
    parser = lxml_html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(bare, parser=parser)
    except (LxmlError, ValueError) as error:
        raise Unreadable("empty") from error
    # libxml2 stops building at some depth and drops the rest: half a plan is worse than none.
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise Unreadable("too_costly")
    title = title_of(root)
    extract = Extract("")
    for element in [e for e in root.iter() if isinstance(e, HtmlElement)]:
        if is_unwanted(element):
            element.drop_tree()
    main = main_part(root)
    if length(root) - length(main) > len(compact(title)) + SHORT:
        extract.note("main_part")
    lines = list(paragraphs(main))
    if title and not any(compact(title) in compact(line) for line in lines[:5]):
        lines.insert(0, title)
    extract.text = "\n".join(lines)
    return extract


def title_of(root: HtmlElement) -> str:
    """The title as the page gives it: the label for government sites, else the first h1."""
    labels = root.xpath("//meta[@name='ArticleTitle']/@content")
    headings = root.xpath("//h1")
    text = str(labels[0]) if labels else " ".join(headings[0].itertext()) if headings else ""
    return SPACE.sub(" ", text).strip()


def is_unwanted(element: HtmlElement) -> bool:
    """Whether `element` is no text for readers: code, furniture of the site, or hidden."""
    if not isinstance(element.tag, str) or element.getparent() is None:
        return False
    if element.tag in DROPPED:
        return True
    if HIDDEN.search(element.get("style") or "") or element.get("hidden") is not None:
        return True
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return element.tag in {"div", "ul", "section", "p", "span"} and bool(
        FURNITURE.search(named) and length(element) < 2_000
    )


def length(element: HtmlElement) -> int:
    """Characters of text in `element`, links counted for nothing."""
    linked = sum(len(compact("".join(a.itertext()))) for a in element.iter("a"))
    return max(len(compact("".join(element.itertext()))) - linked, 0)


def compact(text: str) -> str:
    return re.sub(r"\s+", "", text)


def main_part(root: HtmlElement) -> HtmlElement:
    """The element that holds the article: what its author marked, else where paragraphs lie.

    Every longer run of text counts in full for the block it stands in, and half for the block
    around that; the fullest block wins if it holds a fair share of the page.
    """
    for marked in root.xpath("//article | //main | //*[@id='zoom' or @id='UCAP-CONTENT']"):
        if length(marked) > MAIN_SHARE * length(root):
            return marked
    scores: dict[HtmlElement, float] = {}
    for element in root.iter("p", "div", "td", "span", "br", "li", "tr", "h2", "h3"):
        own = len(compact((element.text or "") + "".join(e.tail or "" for e in element)))
        if own <= SHORT:
            continue
        holder = element if element.tag in {"div", "td"} else element.getparent()
        share = float(own)
        for _ in range(2):
            if holder is None:
                break
            scores[holder] = scores.get(holder, 0.0) + share
            holder, share = holder.getparent(), share / 2
    if not scores:
        return root
    best = max(scores, key=lambda element: scores[element])
    while length(best) < MAIN_SHARE * length(root) and best.getparent() is not None:
        best = best.getparent()
    return best


def paragraphs(element: HtmlElement) -> Iterator[str]:
    """The lines of `element`: blocks and line breaks end one, cells of a row are parted by tabs."""
    pieces: list[str] = []
    for piece in tokens(element):
        if piece == "\n":
            line = cleaned(pieces)
            pieces = []
            if line:
                yield line
        else:
            pieces.append(piece)
    line = cleaned(pieces)
    if line:
        yield line


def cleaned(pieces: list[str]) -> str:
    cells = "".join(pieces).split("\t")
    text = "\t".join(cell.strip(" \u3000") for cell in cells)
    return text if text.strip() else ""


def tokens(root: HtmlElement) -> Iterator[str]:
    """Text of `root` in order, with "\\n" at block ends and "\\t" between the cells of a row."""
    stack: list[tuple[HtmlElement, bool]] = [(root, False)]
    rows = 0
    counts: dict[HtmlElement, int] = {}
    while stack:
        element, done = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if done:
            rows -= tag == "tr"
            # Inside a row only the row itself ends the line.
            yield "\n" if tag in BLOCKS and not rows else " " if tag in BLOCKS else ""
            if element is not root:
                yield SPACE.sub(" ", element.tail or "")
            continue
        if tag in BLOCKS:
            yield "\n" if not rows else ""
        rows += tag == "tr"
        if tag in {"td", "th"} and element.getprevious() is not None:
            yield "\t"
        yield marker(element, counts) + SPACE.sub(" ", element.text or "")
        stack.append((element, True))
        stack.extend((each, False) for each in reversed(element))


def marker(element: HtmlElement, counts: dict[HtmlElement, int]) -> str:
    """The number a browser prints before an item of an ordered list; `counts` is kept a list."""
    parent = element.getparent()
    if element.tag != "li" or parent is None or parent.tag != "ol":
        return ""
    start = parent.get("start") or "1"
    first = int(start) if re.fullmatch(r"[0-9]{1,6}", start) else 1
    counts[parent] = counts.get(parent, first - 1) + 1
    return f"{counts[parent]}. "
