"""What is wrong with a page as it stands: what axe finds, light and dark; at 320 px, at 200 %, at 900 px.

axe looks at elements, attributes and styles, not at words, and takes longer than all the rest. What was looked at once
is not looked at again where it stands in the same place: the frame around all pages of one person, a form that two
people get alike, the same page of another account. Colours come from the place alone: no style of ours depends on what
stands beside or inside an element. Widths are another matter, for words fill them: every page is read at each, unless
it is the very same one.
"""

from typing import Any
from weakref import WeakKeyDictionary

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import CDPSession, Page

AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"color-contrast": {"enabled": False}},
    # Styles and sounds would be fetched once more, for rules about what turns or plays by itself: nothing here does.
    "preload": False,
}
COLOURS = {"runOnly": ["color-contrast"], "preload": False}
WIDE, HEIGHT = 1280, 900
# 640 px is what a window of 1280 px holds at 200 %.
NARROW = {"900 px": 900, "200 %": 640, "320 px": 320}
# Without motion: a colour on its way from light to dark is neither.
LOOKING = {
    "viewport": {"width": WIDE, "height": HEIGHT},
    "color_scheme": "light",
    "reduced_motion": "reduce",
}
# What each element is, in document order: its shape (tag, attributes, whether it has words, and the elements in it, of
# which a row of alike ones counts once) within the shapes of all that it stands in. Numbers and words are left out.
SHAPES = r"""() => {
  const WORDS = new Set(['aria-label', 'aria-description', 'alt', 'title', 'placeholder', 'value', 'content']);
  const NO_MATTER = new Set(['href', 'src', 'srcset', 'action', 'formaction', 'datetime', 'd', 'points', 'viewBox']);
  const NAMES = new Set(['id', 'name', 'for', 'form', 'list', 'headers', 'href', ...['describedby', 'labelledby',
    'controls', 'owns', 'details', 'errormessage', 'activedescendant'].map(one => `aria-${one}`)]);
  const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
  const hash = text => {
    let a = 0xdeadbeef, b = 0x41c6ce57;
    for (let i = 0; i < text.length; i++) {
      const one = text.charCodeAt(i);
      a = Math.imul(a ^ one, 2654435761);
      b = Math.imul(b ^ one, 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
  };
  const written = ({name, value}) => {
    if (WORDS.has(name)) return `${name}=${value.trim() ? 'words' : ''}`;
    if (name.startsWith('data-') || (NO_MATTER.has(name) && !value.startsWith('#'))) return name;
    return `${name}=${NAMES.has(name) ? value.replace(UUID, '0').replace(/\d+/g, '0') : value}`;
  };
  const inside = new Map();
  const own = new Map();
  const HEADINGS = /^H[1-6]$/;
  const ids = new Map();
  for (const {id} of document.querySelectorAll('[id]')) ids.set(id, (ids.get(id) ?? 0) + 1);
  const names = new Map();
  for (const one of document.querySelectorAll('[aria-label]')) {
    const name = one.getAttribute('aria-label').trim();
    names.set(name, (names.get(name) ?? 0) + 1);
  }
  let heading = '';
  const related = one => {
    const told = [];
    for (const name of one.getAttributeNames()) {
      if (!NAMES.has(name) || ['id', 'name', 'form', 'list'].includes(name)) continue;
      const value = one.getAttribute(name);
      if (name === 'href' && !value.startsWith('#')) continue;
      const joined = value.split(' ').map(id => document.getElementById(id.replace('#', '')));
      told.push(...joined.map(other => !other ? 'nothing' : other.textContent.trim() ? 'words' : 'empty'));
    }
    if (one.labels) told.push([...one.labels].map(label => label.textContent.trim() ? 'label' : 'empty'));
    if (one.id) told.push(ids.get(one.id) > 1);
    if (one.hasAttribute('aria-label')) told.push(names.get(one.getAttribute('aria-label').trim()) > 1);
    if (HEADINGS.test(one.tagName)) [told[told.length], heading] = [heading, one.tagName];
    if (one.clientWidth) told.push(one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight);
    return told.join(' ');
  };
  const shape = one => {
    own.set(one, `${one.tagName} ${[...one.attributes].map(written).sort().join(' ')} ${related(one)}`);
    const parts = [];
    for (const child of one.childNodes) {
      const part = child.nodeType === 1 ? shape(child) : child.nodeType === 3 && child.data.trim() ? 'words' : '';
      if (part && part !== parts.at(-1)) parts.push(part);
    }
    inside.set(one, hash(`${own.get(one)}>${parts.join(',')}`));
    return inside.get(one);
  };
  shape(document.documentElement);
  window.lookedAt = [...document.querySelectorAll('*')];
  const within = new Map([[document, '']]);
  const shapes = lookedAt.map(one => {
    const place = within.get(one.parentNode);
    within.set(one, hash(`${place}/${own.get(one)}`));
    return `${place}/${inside.get(one)}`;
  });
  const numbers = new Map(lookedAt.map((one, number) => [one, number]));
  const parents = lookedAt.map(one => numbers.get(one.parentElement) ?? -1);
  // Where words stand: tags, classes and attributes from the root down, which is all that colours come from.
  const styled = one => `${one.tagName} ${[...one.attributes].filter(({name}) => !NAMES.has(name))
    .map(({name, value}) => WORDS.has(name) || NO_MATTER.has(name) || name.startsWith('data-') || /^\d+$/.test(value)
      ? name : `${name}=${value}`).sort().join(' ')}`;
  const colours = new Map([[document, '']]);
  const places = lookedAt.map(one => {
    colours.set(one, hash(`${colours.get(one.parentNode)}/${styled(one)}`));
    const words = [...one.childNodes].some(child => child.nodeType === 3 && child.data.trim());
    return words || /^(INPUT|SELECT|TEXTAREA)$/.test(one.tagName) ? colours.get(one) : '';
  });
  const whole = document.documentElement.outerHTML.replace(/(name="csrfmiddlewaretoken" value=")\w+/g, '$1');
  return {shapes, parents, places, whole: hash(whole), ready: 'axe' in window};
}"""
# Only what is wrong is told at length: the rest of what axe finds would take longer to write down than to find.
RUN = """([options, where]) => {
  const elements = Object.entries(where).map(([how, numbers]) => [how, numbers.map(number => lookedAt[number])]);
  const told = one => `axe ${one.id} (${one.help}): ` +
    one.nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join(' | ');
  return axe.run(Object.fromEntries(elements), {...options, resultTypes: ['violations']})
    .then(({violations}) => violations.map(told));
}"""
# What a page must be, whoever looks at it, in one reading: said as a list of faults.
READING = """() => {
  const faults = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const beyond = one => one.getBoundingClientRect().right > root.clientWidth + 1;
    const wide = [...document.body.querySelectorAll('*')].filter(beyond).slice(0, 3);
    const which = wide.map(one => one.outerHTML.slice(0, 120)).join(' | ');
    faults.push(`wider than the screen (${root.scrollWidth} > ${root.clientWidth}): ${which}`);
  }
  const titles = document.querySelectorAll('h1');
  if (titles.length !== 1) faults.push(`${titles.length} h1`);
  if (!document.title.endsWith(' – Parvis')) faults.push(`title ${document.title}`);
  return faults;
}"""
# Of this process: one demo, whose pages change with what the journeys do.
_shapes: set[str] = set()
_places: set[str] = set()
_pages: set[str] = set()
_windows: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


def looking(page: Page) -> Page:
    """The same page, to be looked at wherever it goes."""
    page.add_init_script(AXE_SCRIPT)
    return page


def seen_everywhere(page: Page) -> list[str]:
    """What is wrong with the page as it stands, light, dark and narrow."""
    # Where a click has just led, the page may have come without its body yet.
    page.wait_for_load_state()
    page.wait_for_selector("body", state="attached")
    found: dict[str, Any] = page.evaluate(SHAPES)
    if found["whole"] in _pages:
        return []
    if not found["ready"]:
        page.evaluate(AXE_SCRIPT)
    said: list[str] = page.evaluate(READING)
    if (known := _known(found["shapes"], found["parents"])) is not None:
        said += page.evaluate(RUN, [AXE, {"include": [0], "exclude": known}])
    if places := [number for number, place in enumerate(found["places"]) if place and place not in _places]:
        said += page.evaluate(RUN, [COLOURS, {"include": places}])
        page.emulate_media(color_scheme="dark")
        said += [f"dark: {fault}" for fault in page.evaluate(RUN, [COLOURS, {"include": places}])]
        page.emulate_media(color_scheme="light")
    for name, width in NARROW.items():
        _resize(page, width)
        said += [f"{name}: {fault}" for fault in page.evaluate(READING)]
    _resize(page, WIDE)
    _shapes.update(found["shapes"])
    _places.update(found["places"])
    _pages.add(found["whole"])
    return said


def _resize(page: Page, width: int) -> None:
    """As `set_viewport_size` does, which asks for the window around the page as well and takes twice as long."""
    if page not in _windows:
        _windows[page] = page.context.new_cdp_session(page)
    size = {"width": width, "height": HEIGHT, "screenWidth": width, "screenHeight": HEIGHT}
    _windows[page].send("Emulation.setDeviceMetricsOverride", {**size, "deviceScaleFactor": 1, "mobile": False})


def _known(shapes: list[str], parents: list[int]) -> list[int] | None:
    """The elements that were looked at before, without those inside of them; None where that is the whole page."""
    known = [shape in _shapes for shape in shapes]
    if known[0]:
        return None
    return [number for number, parent in enumerate(parents) if known[number] and not known[parent]]
