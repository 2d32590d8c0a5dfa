/* A tick that could not be saved is taken back, and the page says so. What was ticked before htmx
 * listened is sent as soon as it does (fields.js, which comes first).
 *
 * data-tick   on a checkbox that htmx sends as it changes.
 */
(() => {
  "use strict";

  const failed = (event) => {
    const box = event.detail.elt;
    if (!box.matches?.("[data-tick]")) return;
    box.checked = !box.checked;
    const type = event.detail.xhr?.getResponseHeader("Content-Type") ?? "";
    window.portal.warn(
      type.startsWith("text/plain")
        ? event.detail.xhr.responseText
        : "La coche n’a pas été enregistrée. Vérifiez votre connexion, puis recommencez.",
    );
  };

  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);
  // After htmx's own start, which waits for the same event.
  document.addEventListener("DOMContentLoaded", () => window.fields.tell(document, "[data-tick]"));
})();
