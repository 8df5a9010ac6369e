// Single keys: g and n with another one open pages, j and k go through the rows of a list, / searches, ? shows the keys.
// They do nothing while somebody types, beside Ctrl, Alt or ⌘, or where they were switched off.
(() => {
  "use strict";
  const dialog = document.getElementById("shortcuts");
  if (!dialog) return;
  const OFF = "single-keys-off";
  const PATIENCE = 1500; // milliseconds between two keys
  let first = ""; // what was pressed of two keys
  let forget = 0;
  let loading = null;

  const areOn = () => localStorage.getItem(OFF) === null;
  const isTyped = (target) => target.closest("input, textarea, select, [contenteditable], [role=combobox]");

  // ---- the keys of this person's pages, read once -----------------------------------------------------------------
  function load() {
    loading ||= fetch(dialog.dataset.from, { headers: { "HX-Request": "true" } }).then(async (answer) => {
      if (!answer.ok || answer.redirected) throw new Error("not signed in");
      dialog.innerHTML = await answer.text();
      showSetting(dialog);
    }).catch(() => { loading = null; });
    return loading;
  }
  async function lead(keys) {
    await load();
    const link = dialog.querySelector(`[data-keys="${CSS.escape(keys)}"]`);
    if (link) window.location.assign(link.href);
  }
  async function show() {
    await load();
    if (dialog.firstElementChild && !document.querySelector("dialog[open]")) dialog.showModal();
    else if (!loading) window.location.assign(dialog.dataset.from);
  }

  // ---- rows -------------------------------------------------------------------------------------------------------
  function step(by) {
    const rows = [...document.querySelectorAll("main tbody tr, main .hits li")].filter((row) => row.querySelector("a[href]"));
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[here < 0 ? (by > 0 ? 0 : rows.length - 1) : here + by];
    if (next) next.querySelector("a[href]").focus();
  }

  // ---- whether they are on, which this browser remembers ----------------------------------------------------------
  function showSetting(place) {
    place.querySelectorAll("[data-single-keys]").forEach((label) => {
      label.hidden = false;
      label.querySelector("input").checked = areOn();
    });
  }
  document.addEventListener("change", (event) => {
    if (!event.target.closest("[data-single-keys]")) return;
    if (event.target.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
  showSetting(document);

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-shortcuts-open]") || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    show();
  });
  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (!areOn() || isTyped(event.target) || document.querySelector("dialog[open]")) return;
    const before = first;
    first = "";
    clearTimeout(forget);
    if (before) lead(`${before} ${event.key}`);
    else if (event.key === "g" || event.key === "n") {
      first = event.key;
      forget = setTimeout(() => { first = ""; }, PATIENCE);
      load();
    } else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "?") show();
    else if (event.key === "/") document.dispatchEvent(new Event("paletteOpen"));
    else return;
    event.preventDefault();
  });
})();
