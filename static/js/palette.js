// The search over any page: opened by its link, ⌘K or Ctrl K; arrows choose, Enter opens, Escape closes. The list comes
// as one types; an answer that another text has overtaken is dropped.
(() => {
  "use strict";
  const palette = document.getElementById("palette");
  if (!palette) return;
  const field = palette.querySelector("[role=combobox]");
  const list = palette.querySelector("[role=listbox]");
  const none = palette.querySelector(".palette-none");
  const status = palette.querySelector("[role=status]");
  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");
  const PAUSE = 100; // milliseconds without a key, before the list is asked for
  const nothing = none.textContent;
  let isBehind = false; // the list is of another text than the field's
  let opensNext = false; // Enter was pressed before the list was there
  let due = 0;
  let asking = null;

  function choose(option) {
    options().forEach((one) => one.setAttribute("aria-selected", String(one === option)));
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  }
  function look(pause = PAUSE) {
    isBehind = true;
    if (asking) asking.abort();
    clearTimeout(due);
    due = setTimeout(ask, pause);
  }
  async function ask() {
    const mine = asking = new AbortController();
    const form = field.form;
    const address = `${form.getAttribute("action")}?${new URLSearchParams({ q: field.value })}`;
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: mine.signal });
      const found = await answer.text();
      if (mine.signal.aborted) return;
      // What is no list is a page: the sign-in, or what went wrong.
      if (answer.redirected || !answer.ok) form.submit();
      else show(found);
    } catch {
      if (!mine.signal.aborted) show("", "The server could not be reached; please try again.");
    }
  }
  function open() {
    if (palette.open || document.querySelector("dialog[open]")) return;
    palette.showModal();
    field.select();
    look(0);
  }
  function go(option) {
    if (!option) return;
    if (option.dataset.fills) {
      field.value = option.dataset.fills;
      field.focus();
      look(0);
    } else window.location.assign(option.href);
  }
  function move(by) {
    const all = options();
    if (all.length) choose(all[(all.indexOf(chosen()) + by + all.length) % all.length]);
  }

  // ---- the list -------------------------------------------------------------------------------------------------
  function show(found, words = nothing) {
    list.innerHTML = found;
    const all = options();
    isBehind = false;
    field.setAttribute("aria-expanded", String(all.length > 0));
    none.textContent = words;
    none.hidden = all.length > 0;
    status.textContent = all.length ? `${all.length} found` : words;
    list.scrollTop = 0;
    choose(all[0]);
    if (opensNext) go(all[0]);
    opensNext = false;
  }
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[data-fills]");
    if (!option) return;
    event.preventDefault();
    go(option);
  });

  // ---- the keys -------------------------------------------------------------------------------------------------
  field.addEventListener("input", () => look());
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      move(steps[event.key]);
    } else if (event.key === "Enter" && (isBehind || chosen())) {
      event.preventDefault();
      if (isBehind) opensNext = true;
      else if (event.metaKey || event.ctrlKey) window.open(chosen().href, "_blank", "noopener");
      else go(chosen());
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (palette.open) palette.close();
    else open();
  });
  document.addEventListener("click", (event) => {
    const at = event.target;
    if (at === palette || at.closest("[data-palette-close]")) palette.close();
    const link = at.closest("[data-palette-open]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("paletteOpen", open);
  palette.addEventListener("close", () => { opensNext = false; });

  const isApple = /Mac|iP(hone|ad|od)/.test(navigator.platform);
  document.querySelectorAll("[data-palette-keys]").forEach((place) => {
    place.textContent = isApple ? "⌘K" : "Ctrl K";
    place.hidden = false;
  });
})();
