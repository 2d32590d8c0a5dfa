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
    const place = document.querySelector(".messages");
    if (!place) return;
    const notice = document.createElement("div");
    notice.className = "notice notice-error";
    const type = event.detail.xhr?.getResponseHeader("Content-Type") ?? "";
    notice.textContent = type.startsWith("text/plain")
      ? event.detail.xhr.responseText
      : "La coche n’a pas été enregistrée. Vérifiez votre connexion, puis recommencez.";
    place.replaceChildren(notice);
    notice.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);
  // After htmx's own start, which waits for the same event.
  document.addEventListener("DOMContentLoaded", () => window.fields.tell(document, "[data-tick]"));
})();
