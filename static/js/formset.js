/* Rows of a formset, without a request.
 *
 * data-add-form="PREFIX" data-blank="ID"  on a button: puts a copy of the template ID, numbered
 *                                         next, before the button.
 * data-remove-form                        on a button inside a row: ticks the row's DELETE box and
 *                                         hides the row. The row is the button's .row.
 *
 * A DELETE box that was ticked before this script ran hides its row as well.
 */
(() => {
  "use strict";

  const show = (root) => {
    for (const button of root.querySelectorAll("[data-add-form], [data-remove-form]")) button.hidden = false;
  };
  show(document);

  const hideRemoved = () => {
    for (const button of document.querySelectorAll("[data-remove-form]")) {
      const row = button.closest(".row");
      row.hidden = row.querySelector("[name$=-DELETE]").checked;
    }
  };
  document.addEventListener("DOMContentLoaded", hideRemoved);

  document.addEventListener("click", (event) => {
    const add = event.target.closest?.("[data-add-form]");
    if (add) {
      const total = document.querySelector(`[name="${add.dataset.addForm}-TOTAL_FORMS"]`);
      const holder = document.createElement("template");
      const blank = document.getElementById(add.dataset.blank).innerHTML;
      holder.innerHTML = blank.replaceAll("__prefix__", total.value);
      total.value = Number(total.value) + 1;
      const fresh = holder.content.firstElementChild;
      show(fresh);
      add.before(holder.content);
      fresh.querySelector("input:not([type=hidden]), textarea").focus();
      return;
    }
    const row = event.target.closest?.("[data-remove-form]")?.closest(".row");
    if (!row) return;
    const box = row.querySelector("[name$=-DELETE]");
    box.checked = true;
    row.hidden = true;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
