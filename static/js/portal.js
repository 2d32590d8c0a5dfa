/* Small helps for every page. Nothing here is needed for a page to work: the server decides.
 *
 * data-show-when="field=a,b"     on a block: shown only while the field of that name (select,
 *                                radio, checkbox or text) has one of these values. What was
 *                                typed in a hidden block is kept. "field=*" means any value.
 * data-require-when="field=a,b"  on a block or a field: its fields are required, and their labels
 *                                starred, only while the condition holds.
 *
 * A form that was just sent is not sent again by a second click; the button that was clicked
 * keeps its value. Forms and buttons with an hx- attribute are left to htmx.
 *
 * `portal.token()`: what a request of a script proves itself with; those of htmx have it.
 * `portal.warn(text)`: says it at the top of the page.
 *
 * Who was signed out meanwhile is answered with the page of signing in: htmx puts it nowhere, the
 * page says so, and a box that was ticked is as before.
 *
 * <html data-starting> is there until every script of the page listens.
 */
(() => {
  "use strict";

  document.documentElement.classList.add("js");

  // Signing in, in another tab too, changes it: the cookie's stands for the page's own.
  const token = () =>
    document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ??
    document.querySelector("[name=csrfmiddlewaretoken]")?.value ??
    "";
  const warn = (text) => {
    const notice = document.createElement("div");
    notice.className = "notice notice-error";
    notice.setAttribute("role", "alert");
    notice.textContent = text;
    const place = document.querySelector(".messages");
    if (place) place.replaceChildren(notice);
    else document.querySelector("main").prepend(notice);
    notice.scrollIntoView({ block: "nearest" });
  };
  window.portal = { token, warn };
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = token();
  });

  const SIGNED_OUT = "Vous n’êtes plus connecté. Reconnectez-vous dans un autre onglet, puis rechargez cette page.";
  const SIGNED_OUT_UNSAVED =
    "Vous n’êtes plus connecté : ce que vous venez de faire n’est pas enregistré. Reconnectez-vous dans un autre onglet, puis rechargez cette page.";
  const pathOf = (url) => new URL(url, document.baseURI).pathname;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { pathInfo, requestConfig, shouldSwap, xhr } = event.detail;
    // A form that looks after itself (autosave.js) has said so already.
    if (!shouldSwap || !xhr.responseURL || pathOf(xhr.responseURL) === pathOf(pathInfo.requestPath)) return;
    event.detail.shouldSwap = false;
    const { elt, verb } = requestConfig;
    if (elt.matches("input[type=checkbox]")) elt.checked = !elt.checked;
    warn(verb === "get" ? SIGNED_OUT : SIGNED_OUT_UNSAVED);
  });

  const FIELDS = "input:not([type=hidden]), select, textarea";

  const valueOf = (root, name) => {
    const fields = [...root.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    const ticked = fields.filter((field) => ["radio", "checkbox"].includes(field.type));
    if (ticked.length) return ticked.find((field) => field.checked)?.value ?? "";
    return fields[0]?.value;
  };

  const holds = (condition, element) => {
    const [name, values] = condition.split("=");
    const value = valueOf(element.closest("form") ?? document, name);
    if (value === undefined) return true;
    return values === "*" ? value !== "" : values.split(",").includes(value);
  };

  const star = (field, required) => {
    const label = field.id && document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
    if (!label) return;
    const found = label.querySelector(".asteriskField");
    if (required && !found) {
      const mark = document.createElement("span");
      mark.className = "asteriskField";
      mark.textContent = "*";
      label.append(mark);
    } else if (found) {
      found.hidden = !required;
    }
  };

  const conditions = () => {
    for (const element of document.querySelectorAll("[data-require-when]")) {
      const required = holds(element.dataset.requireWhen, element);
      const fields = element.matches(FIELDS) ? [element] : element.querySelectorAll(FIELDS);
      for (const field of fields) {
        field.required = required;
        star(field, required);
      }
    }
    for (const block of document.querySelectorAll("[data-show-when]")) {
      block.hidden = !holds(block.dataset.showWhen, block);
    }
  };

  document.addEventListener("change", conditions);
  document.addEventListener("uploaded", conditions);
  document.addEventListener("htmx:afterSettle", conditions);
  conditions();

  // The button is only marked, never disabled: a disabled button's value would not be sent.
  const free = (form) => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  };
  // After the page's scripts, which may send the form in their own way.
  window.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.matches("[hx-post], [hx-get]") || button?.matches("[hx-post], [hx-get]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    button?.setAttribute("aria-busy", "true");
    // A download leaves the page as it is: after a while the form can be sent again.
    window.setTimeout(free, 6000, form);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) free(form);
    conditions();
  });

  // A menu closes when one clicks beside it or presses Escape.
  const close = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(except)) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => close(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(null);
  });

  // The scripts of a page start on its document; the event comes to the window after them all.
  window.addEventListener("DOMContentLoaded", () => document.documentElement.removeAttribute("data-starting"));
})();
