"""How a person acts on a page: by pointer, or by keyboard alone. Journeys speak in labels and do not know which."""

import re

from playwright.sync_api import Locator, Page, expect

# Where the keyboard is: what is drawn around it, and whether it can be seen.
_FOCUS = """() => {
  const on = document.activeElement;
  if (!on || on === document.body || on === document.documentElement) return null;
  const drawn = [on, ...(on.labels || []), ...[...(on.labels || [])].flatMap(label => [...label.children])];
  const outlined = style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  const ring = drawn.some(one => outlined(getComputedStyle(one)) || outlined(getComputedStyle(one, '::after')));
  const seen = drawn.some(one => {
    const box = one.getBoundingClientRect();
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return inside && box.width > 1 && box.height > 1;
  });
  return {ring, seen, what: on.outerHTML.slice(0, 200)};
}"""


class Hands:
    """By pointer."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=name).first

    def link(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("link", name=name).first

    def fill(self, label: str, text: str) -> None:
        """Type into the field of that label."""
        self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, group: str, option: str) -> None:
        """Check a radio button of a group."""
        self.page.get_by_role("group", name=group, exact=True).get_by_text(option, exact=True).click()

    def pick(self, label: str, option: str) -> None:
        """Choose in a list, by how the option begins."""
        box = self.page.get_by_label(label, exact=True)
        expect(box).to_be_visible()
        texts = box.locator("option").all_inner_texts()
        box.select_option(label=next(text for text in texts if text.startswith(option)))

    def press(self, name: str | re.Pattern[str]) -> None:
        self.activate(self.button(name))

    def follow(self, name: str | re.Pattern[str]) -> None:
        self.activate(self.link(name))

    def activate(self, target: Locator) -> None:
        target.click()

    def open_menu(self) -> None:
        """The menu under the person's name."""
        self.activate(self.page.locator("[data-menu] > summary"))


class Keys(Hands):
    """By keyboard alone: Tab, Enter, Space, arrows. At every step the focus must be visible."""

    def activate(self, target: Locator) -> None:
        self._reach(target)
        # A new page follows, or the page changes: either way the next step finds what it looks for, or waits.
        self.page.keyboard.press("Enter")

    def fill(self, label: str, text: str) -> None:
        self._reach(self.page.get_by_label(label, exact=True))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text) if text else self.page.keyboard.press("Delete")

    def choose(self, group: str, option: str) -> None:
        radios = self.page.get_by_role("group", name=group, exact=True).get_by_role("radio")
        wanted = self.page.get_by_role("group", name=group, exact=True).get_by_role("radio", name=option, exact=True)
        self._reach(radios)
        for _ in range(radios.count()):
            if wanted.is_checked():
                break
            self.page.keyboard.press("Space" if wanted.evaluate("e => e === document.activeElement") else "ArrowDown")
            self._look()
        expect(wanted).to_be_checked()

    def pick(self, label: str, option: str) -> None:
        self._reach(self.page.get_by_label(label, exact=True))
        self.page.keyboard.type(option)

    def _reach(self, targets: Locator) -> None:
        """Tab until one of these has the focus."""
        expect(targets.first).to_be_attached()
        for _ in range(200):
            if targets.evaluate_all("all => all.includes(document.activeElement)"):
                self._look()
                return
            self.page.keyboard.press("Tab")
            self._look()
        raise AssertionError(f"The keyboard does not reach {targets}.")

    def _look(self) -> None:
        focus = self.page.evaluate(_FOCUS)
        # None: on the way from the end of the page to its beginning.
        if focus is not None:
            assert focus["ring"], f"{self.page.url}: nothing shows where the keyboard is, {focus['what']}"
            assert focus["seen"], f"{self.page.url}: the keyboard is out of sight, {focus['what']}"
