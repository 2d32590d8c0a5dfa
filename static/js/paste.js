/* data-pasted on a textarea: what is pasted goes along with its formatting, in the hidden field of
 * the same name with « _html », so that bold is known. Once the text is changed by hand the
 * formatting no longer fits it, and is left out.
 */
(() => {
  "use strict";

  for (const field of document.querySelectorAll("[data-pasted]")) {
    const rich = field.form.elements[`${field.name}_html`];
    field.addEventListener("paste", (event) => {
      const html = event.clipboardData?.getData("text/html") ?? "";
      const whole = field.selectionStart === 0 && field.selectionEnd === field.value.length;
      const keep = whole && html;
      window.setTimeout(() => {
        rich.value = keep ? html : "";
      });
    });
    field.addEventListener("input", (event) => {
      if (event.inputType !== "insertFromPaste") rich.value = "";
    });
  }
})();
