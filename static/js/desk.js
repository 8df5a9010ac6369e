// The desk of bank entries: every button and field of it has a key, which is shown beside it. Without scripts, and where
// single keys are switched off, they are buttons and fields like others.
(() => {
  "use strict";
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const OFF = "single-keys-off"; // as shortcuts.js remembers it
  const isTyped = (target) => target.closest("input, textarea, select, [contenteditable], [role=combobox]");
  let asked = ""; // a first key of two, which are another's

  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (isTyped(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (localStorage.getItem(OFF) !== null || document.querySelector("dialog[open]")) return;
    const before = asked;
    asked = event.key === "g" || event.key === "n" ? event.key : "";
    if (before) return;
    const found = desk.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!found) return;
    event.preventDefault();
    if (found.matches("a, button")) found.click();
    else found.querySelector("select, input:not([type=hidden])").focus();
  }, true);
})();
