/* The form of a request is saved as it is typed (htmx, `#summary`), what was typed before this ran
 * included (fields.js, which comes first). This says when it is not, and lets nobody leave the page
 * with what the server does not have: before the form is sent, it is saved once more; signed out or
 * without network, one stays where the text is.
 */
(() => {
  "use strict";

  const form = document.getElementById("demande");
  const summary = document.getElementById("summary");
  if (!form || !summary) return;

  const URL_OF_SAVE = summary.getAttribute("hx-post");
  const SIGNED_OUT =
    "Vous n’êtes plus connecté, et ce que vous tapez n’est plus enregistré. Reconnectez-vous dans un autre onglet, puis revenez ici : votre texte y est encore.";
  const AWAY =
    "Le portail ne répond pas : ce que vous tapez n’est plus enregistré. Restez sur cette page, et réessayez un peu plus tard.";

  // Changes so far, and how many of them the server has been sent, and has.
  let changes = 0;
  let sent = 0;
  let kept = 0;
  let trouble = "";

  const warn = (text) => {
    trouble = text;
    const place = form.querySelector("[data-unsaved]");
    place.textContent = text;
    place.hidden = !text;
  };
  // Who is signed out is sent to another page; without its cookie the token is refused.
  const isOut = (url, status) => status === 403 || (Boolean(url) && new URL(url, document.baseURI).pathname !== URL_OF_SAVE);

  const isTyped = (event) => event.target.type !== "file";
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, (event) => {
      if (isTyped(event)) changes += 1;
    });
  }
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt !== summary) return;
    sent = changes;
  });
  const why = (url, status) => (isOut(url, status) ? SIGNED_OUT : status >= 500 ? AWAY : "");
  summary.addEventListener("htmx:beforeSwap", (event) => {
    const text = why(event.detail.xhr.responseURL, event.detail.xhr.status);
    if (text) event.detail.shouldSwap = false;
    else kept = Math.max(kept, sent);
    warn(text);
  });
  summary.addEventListener("htmx:sendError", () => warn(AWAY));

  const post = (options) => {
    const body = new FormData(form);
    for (const [name, value] of [...body.entries()]) if (value instanceof File) body.delete(name);
    body.set("csrfmiddlewaretoken", window.portal.token());
    return fetch(URL_OF_SAVE, { method: "POST", body, headers: { "HX-Request": "true" }, ...options });
  };
  const isKept = async () => {
    const now = changes;
    try {
      const reply = await post();
      const text = why(reply.url, reply.status);
      if (!text) kept = now;
      warn(text);
      return !text;
    } catch {
      warn(AWAY);
      return false;
    }
  };
  let isSure = false;
  form.addEventListener("submit", async (event) => {
    if (isSure) return;
    event.preventDefault();
    if (!(await isKept())) return;
    isSure = true;
    form.elements.csrfmiddlewaretoken.value = window.portal.token();
    form.requestSubmit(event.submitter);
    isSure = false;
  });
  // Who leaves in mid-word: it is sent all the same.
  window.addEventListener("pagehide", () => {
    if (kept !== changes) post({ keepalive: true }).catch(() => {});
  });
  window.addEventListener("beforeunload", (event) => {
    if (kept !== changes && trouble) event.preventDefault();
  });
  // After htmx's own start, which waits for the same event.
  document.addEventListener("DOMContentLoaded", () => window.fields.tell(form));
})();
