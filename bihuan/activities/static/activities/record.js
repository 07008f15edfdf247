// The record form on a phone: files go up one by one as soon as they are chosen, a form is only
// sent when the server can be reached, and what was counted by eye is counted. Without scripts
// the same form works in one piece.
(() => {
  "use strict";

  const form = document.getElementById("record-form");
  if (!form) return;
  const input = form.elements.namedItem("files");
  const list = document.getElementById("uploads");
  const blank = document.getElementById("upload-row");
  const unsent = document.getElementById("unsent");
  const waiting = [];
  let working = false;
  let toSend = null;

  // Enter in a field presses the first button of a form; that must be the one that sends it.
  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || field.tagName !== "INPUT" || field.type === "file") return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-send]"));
  });

  // Signing in elsewhere changes the token; the cookie always has the one that counts.
  const freshen = () => {
    const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    if (found) form.elements.namedItem("csrfmiddlewaretoken").value = found[1];
  };
  form.addEventListener("htmx:configRequest", (event) => {
    freshen();
    const token = form.elements.namedItem("csrfmiddlewaretoken").value;
    event.detail.headers["X-CSRFToken"] = token;
    if (event.detail.parameters.csrfmiddlewaretoken) {
      event.detail.parameters.csrfmiddlewaretoken = token;
    }
  });

  const say = (text) => {
    unsent.textContent = text;
    unsent.hidden = !text;
    if (text) unsent.scrollIntoView({ block: "center" });
  };

  // --- files ---------------------------------------------------------------------------------
  form.querySelector(".without-upload").hidden = true;

  const rowFor = (file) => {
    const row = blank.content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = file.name;
    const item = { file, row, stopped: false };
    row.querySelector("[data-again]").addEventListener("click", () => {
      show(item, "");
      item.stopped = false;
      work();
    });
    row.querySelector("[data-forget]").addEventListener("click", () => drop(item));
    list.append(row);
    return item;
  };

  const show = (item, sentence, { again = false, login = false } = {}) => {
    const said = item.row.querySelector("[data-said]");
    said.textContent = sentence;
    said.hidden = !sentence;
    item.row.querySelector("progress").hidden = Boolean(sentence);
    item.row.querySelector("[data-again]").hidden = !again;
    item.row.querySelector("[data-login]").hidden = !login;
    item.row.querySelector("[data-forget]").hidden = !sentence;
  };

  const drop = (item) => {
    item.row.remove();
    waiting.splice(waiting.indexOf(item), 1);
  };

  input.addEventListener("change", () => {
    const limit = Number(form.dataset.limit) * 1024 * 1024;
    for (const file of input.files) {
      const item = rowFor(file);
      waiting.push(item);
      if (file.size > limit) {
        item.stopped = item.tooLarge = true;
        show(item, form.dataset.saidTooLarge);
      }
    }
    input.value = "";
    work();
  });

  const work = () => {
    const item = waiting.find((each) => !each.stopped);
    if (working) return;
    if (!item) {
      if (toSend) form.requestSubmit(toSend);
      return;
    }
    working = true;
    freshen();
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "org", "activity", "key"]) {
      const field = form.elements.namedItem(name);
      if (field) body.append(name, field.value);
    }
    for (const box of form.querySelectorAll("[name=drop-standing]:checked")) {
      body.append("drop-standing", box.value);
    }
    body.append("files", item.file);
    const request = new XMLHttpRequest();
    const bar = item.row.querySelector("progress");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("loadend", () => {
      working = false;
      answered(item, request);
      work();
    });
    request.open("POST", form.dataset.files);
    request.setRequestHeader("HX-Request", "true");
    request.send(body);
  };

  const answered = (item, request) => {
    const said = form.dataset;
    if (request.status === 200) {
      document.getElementById("filelist").outerHTML = request.responseText;
      htmx.process(document.getElementById("filelist"));
      drop(item);
      return;
    }
    item.stopped = true;
    toSend = null;
    if (request.status === 0) show(item, said.saidFileOffline, { again: true });
    else if ([401, 403].includes(request.status)) {
      show(item, said.saidFileSignedOut, { again: true, login: true });
    } else show(item, said.saidFileFailed, { again: true });
  };

  // --- sending -------------------------------------------------------------------------------
  // What is typed is saved first; only if that reaches the server does the page give way to the
  // answer. So a phone without network keeps the form, and says so.
  const typed = () => {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string") body.append(name, value);
    }
    return body;
  };

  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (form.dataset.reached === "yes") {
      delete form.dataset.reached;
      return;
    }
    if (button?.matches("[data-more-rows]")) return;
    event.preventDefault();
    if (form.dataset.asking === "yes") return;
    if (waiting.some((item) => !item.stopped)) {
      toSend = button;
      say(form.dataset.saidUploading);
      return;
    }
    toSend = null;
    form.dataset.asking = "yes";
    say("");
    freshen();
    try {
      const options = { method: "POST", body: typed(), headers: { "HX-Request": "true" } };
      await fetch(form.dataset.draft, { ...options, signal: AbortSignal.timeout(20000) });
    } catch {
      say(form.dataset.saidOffline);
      return;
    } finally {
      delete form.dataset.asking;
    }
    // What could not be sent ahead goes with the form, where the server has its say.
    const left = new DataTransfer();
    for (const item of waiting) if (!item.tooLarge) left.items.add(item.file);
    input.files = left.files;
    form.dataset.reached = "yes";
    form.requestSubmit(button);
  });

  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) say(form.dataset.saidSignedOut);
  });
  window.addEventListener("pageshow", () => {
    delete form.dataset.reached;
    delete form.dataset.asking;
  });

  // --- the roll and the decisions --------------------------------------------------------------
  form.addEventListener("change", (event) => {
    const field = event.target;
    const row = field.closest(".roll-call-row");
    if (row && field.tagName === "SELECT" && field.value) {
      row.querySelector("[name^=absent-]").checked = true;
    }
    const count = form.querySelector("[data-count-absent]");
    if (count) count.textContent = form.querySelectorAll("[name^=absent-]:checked").length;
  });

  const rows = document.getElementById("decisions");
  // Of many rows only the last come with everybody in them; the others take the list from there
  // when somebody is about to choose.
  const fill = (event) => {
    const select = event.target.closest("select[data-more]");
    if (!select) return;
    const all = rows.querySelectorAll("select:not([data-more])");
    const chosen = select.value;
    select.replaceChildren(...all[all.length - 1].cloneNode(true).children);
    select.value = chosen;
    select.removeAttribute("data-more");
  };
  rows.addEventListener("pointerdown", fill);
  rows.addEventListener("focusin", fill);

  form.querySelector("[data-more-rows]").addEventListener("click", (event) => {
    event.preventDefault();
    const all = rows.querySelectorAll(".decision");
    if (all.length >= Number(rows.dataset.most)) return;
    const last = all[all.length - 1];
    const row = last.cloneNode(true);
    const number = String(all.length);
    const next = String(all.length + 1);
    for (const field of row.querySelectorAll("input, select")) {
      field.name = `${field.name.split("-")[0]}-${next}`;
      for (const name of ["aria-label", "placeholder"]) {
        const text = field.getAttribute(name);
        if (text) field.setAttribute(name, text.replace(number, next));
      }
      field.value = "";
    }
    last.after(row);
    row.querySelector("input").focus();
  });

  document.querySelector(".alert[role=alert][tabindex]")?.focus();
})();
