// While a plan is read: say so, and say before the sending that a file is too large.
(() => {
  "use strict";

  const note = document.querySelector(".reading");
  const form = note?.closest("form");
  if (!form) return;
  const file = form.elements.file;

  file.addEventListener("change", () => {
    const size = file.files[0]?.size || 0;
    const heavy = size > Number(note.dataset.limit) * 1024 * 1024;
    note.textContent = heavy ? note.dataset.heavy : "";
    note.classList.toggle("wrong", heavy);
  });

  form.addEventListener("submit", () => {
    note.classList.remove("wrong");
    note.textContent = note.dataset.wait;
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", note.dataset.wait);
    note.prepend(bar);
  });
  window.addEventListener("pageshow", () => {
    note.textContent = "";
  });
})();
