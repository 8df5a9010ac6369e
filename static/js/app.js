// What a page does beyond HTML: dialogs, the theme in place, failed requests said plainly, typed data kept,
// nothing sent twice, and whether amounts add up. Every form works without this file.
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

  // ---- messages -------------------------------------------------------------------------------------------------
  function say(words) {
    const place = $("#messages");
    if (!place) return;
    const box = document.createElement("div");
    box.className = "message message-error message-plain";
    const text = document.createElement("div");
    text.textContent = words;
    box.append(text);
    place.replaceChildren(box);
    place.scrollIntoView({ block: "nearest" });
  }

  // ---- typed data is not lost ------------------------------------------------------------------------------------
  const isDirty = (form) => form.hasAttribute("data-dirty");
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.hasAttribute("data-guard")) form.setAttribute("data-dirty", "");
  });
  window.addEventListener("beforeunload", (event) => {
    if ($$("form[data-dirty]").some((form) => !form.hasAttribute("data-sent"))) event.preventDefault();
  });

  // ---- a new fund is likely to live where its manager does -------------------------------------------------------
  $$("form[data-own-zone]").forEach((form) => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const field = form.elements[form.dataset.ownZone];
    if ([...field.options].some((option) => option.value === zone)) field.value = zone;
  });

  // ---- signed in anew, in another tab: the forms of this page need the new token ------------------------------------
  const TOKEN = "csrfmiddlewaretoken";
  const token = () => (/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie) || [])[1];
  const drawnWith = token();
  document.addEventListener("submit", (event) => {
    const field = event.target.elements[TOKEN];
    if (field && token() !== drawnWith) field.value = token();
  }, true);
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.parameters[TOKEN] && token() !== drawnWith) event.detail.parameters[TOKEN] = token();
  });

  // ---- nothing is sent twice -------------------------------------------------------------------------------------
  function release(form) {
    form.removeAttribute("data-sent");
    $$("[data-busy]", form).forEach((button) => button.removeAttribute("data-busy"));
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("method") !== "post" || form.hasAttribute("data-theme-form")) return;
    if (form.hasAttribute("data-sent")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.setAttribute("data-sent", "");
    if (event.submitter) event.submitter.setAttribute("data-busy", "");
    setTimeout(() => release(form), 20000); // an answer that never came leaves the form usable
  }, true);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) $$("form[data-sent]").forEach(release);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest && event.target.closest("form");
    if (!form || event.detail.elt !== form) return;
    release(form);
    if (event.detail.successful) form.removeAttribute("data-dirty");
  });

  // ---- dialogs ---------------------------------------------------------------------------------------------------
  const dialog = () => $("#dialog");
  let opener = null;
  function closeDialog() {
    const open = dialog();
    if (open && open.open) open.close();
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    const box = dialog();
    if (!box || event.detail.target !== box || !box.firstElementChild) return;
    if (!box.open) {
      opener = event.detail.requestConfig.elt;
      box.showModal();
    }
    const first = $("[data-error-summary], [autofocus], input:not([type=hidden]), select, textarea", box);
    if (first) first.focus();
  });
  document.addEventListener("cancel", (event) => {
    const typed = $("form[data-dirty]", event.target);
    if (typed && !window.confirm("Discard what you typed?")) event.preventDefault();
  }, true);
  document.addEventListener("close", (event) => {
    if (event.target !== dialog()) return;
    event.target.replaceChildren();
    giveBackFocus();
  }, true);
  // What was recorded may have drawn the opener anew, or left it nothing to open.
  function giveBackFocus() {
    if (!opener || opener.isConnected) return;
    ($(`main a[href="${CSS.escape(opener.getAttribute("href"))}"]`) || $("#main")).focus();
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest && event.target.closest("[data-dialog-close]")) {
      event.preventDefault();
      closeDialog();
    }
  });
  // The server says so with HX-Trigger: dialogClose.
  document.addEventListener("dialogClose", closeDialog);

  // ---- a swap does not take what is being typed ---------------------------------------------------------------------
  let typing = null;
  let asFound = null; // a field that is only looked at takes the new figure
  document.addEventListener("focusin", (event) => { asFound = event.target.value; });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const here = document.activeElement;
    const inside = here && here.id && "value" in here && here.value !== asFound && event.detail.target.contains(here);
    typing = inside ? { id: here.id, value: here.value } : null;
  });
  document.addEventListener("htmx:afterSwap", () => {
    const field = typing && document.getElementById(typing.id);
    if (field && field.value !== typing.value && field.form && field.form.hasAttribute("data-adds-up"))
      field.value = typing.value;
    typing = null;
  });

  // ---- a control that is drawn anew keeps the focus (HTMX keeps it by an id alone) ------------------------------------
  // It is known by what it leads to or sends, and by its words. Every field that one types into has an id.
  const SAID = ["name", "href", "aria-label", "aria-labelledby"];
  function known(one) {
    const words = one.matches("a, button, summary") ? [one.textContent.trim(), one.getAttribute("value")] : [];
    const sentTo = one.form && one.form.getAttribute("action");
    return JSON.stringify([one.tagName, sentTo, ...SAID.map((name) => one.getAttribute(name)), ...words]);
  }
  const equals = (one, words) => $$(one.tagName).filter((other) => known(other) === words);
  let left = null;
  document.addEventListener("htmx:beforeSwap", () => {
    const one = document.activeElement;
    left = null;
    if (!one || one === document.body) return;
    const words = known(one);
    left = { one, words, place: equals(one, words).indexOf(one) };
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (!left || left.one.isConnected) return;
    const { one, words, place } = left;
    left = null;
    if (document.activeElement === document.body) equals(one, words)[place]?.focus({ preventScroll: true });
  });

  // ---- what was opened stays open across a swap --------------------------------------------------------------------
  let opened = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    opened = $$("details[open][id]", event.detail.target).map((one) => one.id);
  });
  document.addEventListener("htmx:afterSwap", () => {
    opened.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    opened = [];
  });

  // ---- HTMX answers ----------------------------------------------------------------------------------------------
  document.addEventListener("htmx:beforeSwap", (event) => {
    const detail = event.detail;
    const status = detail.xhr.status;
    const whole = /^\s*<!doctype/i.test(detail.serverResponse || "");
    if (whole) {
      detail.shouldSwap = false;
      if (status < 400 && new URL(detail.xhr.responseURL).pathname.startsWith("/sign-in"))
        say("Your session has ended. What you typed is still here: sign in in another tab, then send it again.");
      else say(sentence(detail.xhr));
      return;
    }
    // A form that was refused comes back to where it stands, not to where its success would have gone.
    const back = detail.requestConfig.elt.closest("[data-refused-to]");
    if ((status === 422 || status === 409) && back) {
      detail.target = $(back.getAttribute("data-refused-to"));
      detail.swapOverride = "innerHTML";
    }
  });
  function sentence(xhr) {
    const reference = xhr.getResponseHeader("X-Request-ID");
    const tail = reference ? ` Reference: ${reference}.` : "";
    if (xhr.status === 403) return "You may not do that, or this page has expired. Reload it and try again." + tail;
    if (xhr.status === 404) return "What this was about is no longer there. Reload the page." + tail;
    if (xhr.status === 409) return "The figures have moved since you opened this page. Reload it and look again." + tail;
    return "That did not work, and nothing was changed. Please try again." + tail;
  }
  document.addEventListener("htmx:responseError", (event) => say(sentence(event.detail.xhr)));
  document.addEventListener("htmx:sendError", () =>
    say("The server could not be reached. What you typed is still here; please try again."));
  document.addEventListener("htmx:timeout", () =>
    say("The server is taking too long. What you typed is still here; please try again."));

  // ---- lists -----------------------------------------------------------------------------------------------------
  document.documentElement.classList.add("js");
  // What narrows nothing does not stand in the address.
  document.addEventListener("htmx:configRequest", (event) => {
    const form = event.detail.elt;
    if (!form.hasAttribute("data-list-filters")) return;
    const given = event.detail.parameters;
    Object.keys(given).forEach((name) => { if (given[name] === "") delete given[name]; });
    if (given.sort === form.dataset.usualSort) delete given.sort;
  });
  // A row leads where its first link does; text can still be marked.
  document.addEventListener("click", (event) => {
    const row = event.target.closest && event.target.closest("[data-rows-link] tbody tr");
    if (!row || event.defaultPrevented || event.target.closest("a, button, input, label, summary")) return;
    const link = $("th a", row);
    if (!link || String(window.getSelection())) return;
    if (event.metaKey || event.ctrlKey) window.open(link.href, "_blank", "noopener");
    else link.click();
  });
  document.addEventListener("click", (event) => {
    $$("details.drop[open]").forEach((one) => { if (!one.contains(event.target)) one.removeAttribute("open"); });
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && $("details.drop[open]");
    if (!open) return;
    open.removeAttribute("open");
    $("summary", open).focus();
  });

  // ---- charts: from one column to the next -----------------------------------------------------------------------
  document.addEventListener("keydown", (event) => {
    const column = event.target.closest && event.target.closest(".chart .said");
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!column || !step) return;
    const all = $$(".said", column.closest(".chart"));
    const next = all[all.indexOf(column) + step];
    if (!next) return;
    event.preventDefault();
    column.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });

  // ---- theme -----------------------------------------------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-theme-form")) return;
    event.preventDefault();
    const button = $("button", form);
    const theme = button.value;
    const body = new FormData(form);
    body.set("theme", theme);
    fetch(form.action, { method: "POST", body, redirect: "manual" });
    document.documentElement.dataset.theme = theme;
    button.value = theme === "dark" ? "light" : "dark";
    $("[data-theme-label]", form).textContent = theme === "dark" ? "Light" : "Dark";
  });

  // ---- do the amounts add up? ------------------------------------------------------------------------------------
  // Whole thousandths in BigInt, the finest that a currency has: no binary fractions near money.
  // An amount with the currency's sign and grouped thousands too; what may mean two things is left to the server.
  function thousandths(text, form) {
    const bare = text.replace(form.dataset.currencyPrefix || "", "").replace(/(\d)[\s'’,](?=\d{3}(\D|$))/g, "$1");
    const match = /^(\d{1,13})(?:\.(\d{1,3}))?$/.exec(bare.trim());
    const amount = match ? BigInt(match[1]) * 1000n + BigInt((match[2] || "").padEnd(3, "0")) : null;
    return amount === null || amount % 10n ** BigInt(3 - Number(form.dataset.exponent)) !== 0n ? null : amount;
  }
  function written(amount, form) {
    const minus = amount < 0n;
    const digits = String(minus ? -amount : amount).padStart(4, "0");
    const whole = digits.slice(0, -3).replace(/\B(?=(\d{3})+$)/g, ",");
    const places = Number(form.dataset.exponent);
    const decimals = places ? "." + digits.slice(-3).slice(0, places) : "";
    return (minus ? "(" : "") + (form.dataset.currencyPrefix || "") + whole + decimals + (minus ? ")" : "");
  }
  function addUp(form) {
    const line = $("[data-difference]", form);
    const whole = $("[data-whole]", form);
    if (!line || !whole) return;
    const parts = $$("[data-part]", form).map((input) => {
      const amount = thousandths(input.value || "0", form);
      const limit = thousandths(input.dataset.limit || "", form);
      const over = amount === null || (limit !== null && amount > limit);
      if (over) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      return amount;
    });
    const total = thousandths(whole.value, form);
    const readable = total !== null && parts.every((part) => part !== null);
    const sum = parts.reduce((left, part) => left + (part || 0n), 0n);
    const difference = readable ? total - sum : null;
    $$("[data-sum]", form).forEach((place) => { place.textContent = written(sum, form); });
    $$("[data-left]", line).forEach((place) => { place.textContent = readable ? written(difference, form) : "–"; });
    line.dataset.state = total === null ? "none" : difference === 0n ? "even" : "off";
  }
  document.addEventListener("input", (event) => {
    const form = event.target.closest && event.target.closest("form[data-adds-up]");
    if (form) addUp(form);
  });
  document.addEventListener("htmx:afterSettle", () => $$("form[data-adds-up]").forEach(addUp));

  // ---- an amount that is changed ticks its row -------------------------------------------------------------------
  document.addEventListener("input", (event) => {
    if (!event.target.matches || !event.target.matches("[data-ticks]")) return;
    const tick = $("input[type=checkbox]", event.target.closest("tr"));
    if (tick) tick.checked = event.target.value.trim() !== "";
  });

  // ---- what was refused is still unsaved --------------------------------------------------------------------------
  function markRefused() {
    $$("form[data-guard] [data-error-summary]").forEach((box) => box.closest("form").setAttribute("data-dirty", ""));
  }
  document.addEventListener("htmx:afterSettle", markRefused);
  markRefused();

  // ---- when the page is there ------------------------------------------------------------------------------------
  const summary = $("[data-error-summary]");
  if (summary) summary.focus();

  // ---- what is typed at a bank can be copied ------------------------------------------------------------------------
  $$("[data-copied]").forEach((value) => {
    if (!navigator.clipboard) return;
    const label = $("dt", value.closest("div"));
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-small button-copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy: ${label.textContent}`);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(value.dataset.copied || value.textContent.trim());
      button.textContent = "Copied";
      button.setAttribute("aria-label", `Copied: ${label.textContent}`);
    });
    if (value.matches("dd")) value.append(button);
    else value.after(button);
  });
})();
