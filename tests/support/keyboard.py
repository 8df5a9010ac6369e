"""A person without a mouse: reaches things by Tab, sees where the focus is at every stop, presses keys."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

FAR = 160
_STOP = """targets => {
    const here = document.activeElement, found = [targets.length, targets.includes(here)];
    if (!here) return [...found, ''];  // the next page is arriving and has no body yet: nobody is anywhere
    const look = getComputedStyle(here), box = here.getBoundingClientRect();
    const dated = ['date', 'datetime-local'].includes(here.type);
    const inDate = dated && !here.matches(':focus');  // its calendar's button, which no script sees
    const ringed = inDate || look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0;
    const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
    return [...found, here === document.body || (ringed && seen) ? '' : here.outerHTML.slice(0, 160)];
}"""
_STANDS = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"


@dataclass
class Keyboard:
    """The keys, and nothing else, of one page."""

    page: Page

    def go_to(self, target: Locator, *, key: str = "Tab") -> None:
        """Press Tab (or `key`) until the target has the focus. Every stop on the way shows that it has it."""
        for pressed in range(FAR + 1):
            many, is_here, unseen = target.evaluate_all(_STOP)
            assert many < 2, f"{target} is {many}"
            assert not (pressed and unseen), f"The focus cannot be seen on {unseen}"
            if is_here:
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"{key} does not lead to {target}")

    def press(self, target: Locator, key: str = "Enter") -> None:
        """Go there and press a key, as for a link or a button. Nobody presses while the page is still changing, or
        where what was drawn anew is no longer the one that had the focus."""
        self.go_to(target)
        self.page.wait_for_function(_STANDS)
        self.go_to(target)
        self.page.keyboard.press(key)

    def type(self, target: Locator, text: str) -> None:
        """Go to a field and type in place of what it holds."""
        self.go_to(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, target: Locator, label: str) -> None:
        """Go to a list and type the beginning of an entry."""
        self.go_to(target)
        self.page.keyboard.type(label)
