/* data-pasted on a textarea: what is pasted goes along with its formatting, in the hidden field of
 * the same name with « _html », so that bold is known. The text decides: lines that are changed by
 * hand afterwards, or come from elsewhere, find no formatting there, and the others keep theirs.
 */
(() => {
  "use strict";

  for (const field of document.querySelectorAll("[data-pasted]")) {
    const rich = field.form.elements[`${field.name}_html`];
    field.addEventListener("paste", (event) => {
      const html = event.clipboardData?.getData("text/html") ?? "";
      const whole = field.selectionStart === 0 && field.selectionEnd === field.value.length;
      rich.value = whole ? html : rich.value + html;
    });
    field.addEventListener("input", () => {
      if (!field.value.trim()) rich.value = "";
    });
  }
})();
