// The little behaviour every screen shares. All of it is a convenience: each form and link
// works without it. No inline handlers, so the page may forbid them.
(() => {
  "use strict";

  const dialog = document.getElementById("confirm");
  let asking = null;

  // Ask before sending a form that carries data-confirm itself or on the pressed button.
  // On the way in, so that htmx does not send it first.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const button = event.submitter;
      const question = button?.dataset.confirm || form.dataset.confirm;
      if (!question || form.dataset.confirmed === "yes") {
        delete form.dataset.confirmed;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      asking = { form, button };
      const yes = dialog.querySelector("button[value=yes]");
      dialog.querySelector("p").textContent = question;
      yes.textContent =
        button?.dataset.confirmYes || form.dataset.confirmYes || yes.dataset.default;
      dialog.returnValue = "no";
      dialog.showModal();
    },
    true,
  );

  dialog?.addEventListener("close", () => {
    if (dialog.returnValue === "yes" && asking) {
      asking.form.dataset.confirmed = "yes";
      asking.form.requestSubmit(asking.button);
    }
    asking = null;
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // A choice in a filter takes effect at once; without scripts there is a button beside it.
  document.addEventListener("change", (event) => {
    // An organisation picked outweighs the name by which it was looked for.
    const picker = event.target.type === "radio" && event.target.closest(".tree-picker");
    const lookup = picker && picker.querySelector("[data-lookup]");
    if (lookup) lookup.value = "";
    const form = event.target.closest("form[data-autosubmit]");
    if (form) form.requestSubmit();
  });
  for (const button of document.querySelectorAll("form[data-autosubmit] .without-script")) {
    button.hidden = true;
  }

  // A second press while the first is under way must not send the form twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent === "yes") event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  const trouble = document.getElementById("trouble");
  const say = (text) => {
    trouble.textContent = text;
    trouble.hidden = false;
  };
  document.addEventListener("htmx:sendError", () => say(trouble.dataset.offline));
  document.addEventListener("htmx:responseError", (event) => {
    const { status, responseText } = event.detail.xhr;
    const type = event.detail.xhr.getResponseHeader("Content-Type") || "";
    const hidden = [403, 404].includes(status);
    // A refusal comes as one sentence for whoever asked.
    if ([409, 503].includes(status) && type.startsWith("text/plain")) say(responseText);
    else say(hidden ? trouble.dataset.refused : trouble.dataset.failed);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) trouble.hidden = true;
  });
})();
