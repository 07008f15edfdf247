// The review of a plan: keys, marks that follow the proposal, and selection of a passage.
// Everything here is a convenience; the page works without it.
(() => {
  "use strict";

  const cards = document.getElementById("cards");
  const page = document.getElementById("document");
  if (!cards || !page) return;

  let current = null;
  const all = () => [...cards.querySelectorAll(".proposal")];
  const spansOf = (key) => [...page.querySelectorAll(`[data-key="${key}"]`)];

  // Make the proposal `key` the current one: mark it on both sides, scroll to it where told.
  const go = (key, { scrollCard = true, scrollSpan = true } = {}) => {
    current = key;
    for (const card of all()) card.classList.toggle("current", card.dataset.key === key);
    for (const span of page.querySelectorAll(".span")) {
      span.classList.toggle("current", span.dataset.key === key);
    }
    const smooth = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    const card = document.getElementById(`card-${key}`);
    if (scrollCard) card?.scrollIntoView({ block: "nearest", behavior: smooth });
    const span = spansOf(key)[0];
    // Within the column alone: scrolling two things at once would move the page twice.
    if (scrollSpan && span && page.scrollHeight > page.clientHeight) {
      const up = span.getBoundingClientRect().top - page.getBoundingClientRect().top;
      page.scrollTo({ top: page.scrollTop + up - page.clientHeight / 3, behavior: smooth });
    }
  };

  const step = (by) => {
    const list = all();
    const at = list.findIndex((card) => card.dataset.key === current);
    const next = list[Math.min(Math.max(at + by, 0), list.length - 1)];
    if (next) go(next.dataset.key);
  };

  const nextOpen = (from) => {
    const list = all();
    const at = list.findIndex((card) => card.dataset.key === from);
    const later = [...list.slice(at + 1), ...list.slice(0, Math.max(at, 0))];
    const open = later.find((card) => card.dataset.verdict === "OPEN");
    if (open) go(open.dataset.key);
  };

  const press = (name) => {
    document.getElementById(`card-${current}`)?.querySelector(`[data-key-${name}]`)?.click();
  };

  // Splitting needs the open card: it is opened first, and asks where once it is there.
  let cutting = false;
  let editing = false;
  const cut = () => {
    const part = document.querySelector(`#card-${current} [data-cut]`);
    if (!part) {
      cutting = true;
      press("e");
      return;
    }
    cutting = false;
    part.open = true;
    part.querySelector("select, button")?.focus();
  };

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    a: () => press("a"),
    x: () => press("x"),
    e: () => {
      editing = true;
      press("e");
    },
    m: () => press("m"),
    u: () => press("u"),
    s: cut,
    n: () => add.elements.quote.focus(),
  };
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("#cards input, #cards textarea, #cards select");
    // Out of a field the keys work again; Ctrl+Enter in it adopts what is typed.
    if (field && event.key === "Escape") field.blur();
    if (field && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      press("a");
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog")) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  cards.addEventListener("click", (event) => {
    const card = event.target.closest(".proposal");
    if (!card) return;
    if (event.target.closest("[data-pick]")) event.preventDefault();
    const suggest = event.target.closest("[data-suggest-period]");
    if (suggest) take(suggest);
    if (!event.target.closest("button, summary, label, input, select, textarea")) {
      go(card.dataset.key, { scrollCard: false });
    }
  });

  page.addEventListener("click", (event) => {
    const span = event.target.closest(".span");
    if (!span || String(getSelection())) return;
    event.preventDefault();
    const list = document.getElementById("pane-list");
    if (list && matchMedia("(max-width: 767px)").matches) list.checked = true;
    go(span.dataset.key, { scrollSpan: false });
  });

  // A suggestion is taken only when somebody presses it.
  const take = (button) => {
    const form = button.closest("form");
    form.elements.period.value = button.dataset.suggestPeriod;
    form.elements.minimum.value = button.dataset.suggestMinimum;
    form.elements.period.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const dress = (root) => {
    for (const button of root.querySelectorAll("[data-suggest-period]")) button.hidden = false;
  };
  dress(document);

  // After a card came back: its marks follow its verdict, and a decided one hands on.
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const key = event.target.dataset?.key;
    const card = key && document.getElementById(`card-${key}`);
    if (!card) return;
    dress(card);
    // What is wrong comes first; a card just opened begins with its first field.
    const field = card.querySelector(editing ? "[aria-invalid], textarea" : "[aria-invalid]");
    editing = false;
    field?.focus({ preventScroll: true });
    for (const span of spansOf(key)) {
      for (const verdict of ["OPEN", "ACCEPTED", "DROPPED"]) {
        span.classList.toggle(`span-${verdict}`, verdict === card.dataset.verdict);
      }
    }
    if (cutting) cut();
    if (card.dataset.verdict === "OPEN") go(key, { scrollSpan: false });
    else nextOpen(key);
  });

  // A passage that is marked in the text becomes the passage to add.
  const add = document.getElementById("add");
  const length = (text) => [...text].length; // characters, as the server counts them
  const offset = (node, within) => {
    const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]");
    if (!piece) return null;
    return Number(piece.dataset.start) + length(piece.textContent.slice(0, within));
  };
  document.addEventListener("selectionchange", () => {
    const chosen = getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed || !page.contains(chosen.anchorNode)) return;
    const range = chosen.getRangeAt(0);
    const start = offset(range.startContainer, range.startOffset);
    const end = offset(range.endContainer, range.endOffset);
    if (start === null || end === null || end <= start) return;
    add.elements.start.value = start;
    add.elements.end.value = end;
    add.elements.quote.value = String(chosen).slice(0, 200);
  });
  add.elements.quote.addEventListener("input", () => {
    add.elements.start.value = add.elements.end.value = "";
  });

  const asked = new URLSearchParams(location.search).get("p") || location.hash.replace("#card-", "");
  const first = all().find((card) => card.dataset.key === asked) || all().find((card) => card.dataset.verdict === "OPEN");
  if (first) go(first.dataset.key, { scrollCard: Boolean(asked) });
})();
