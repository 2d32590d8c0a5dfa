/* The QCM workshop: opens a question where it stands, saves it as it is typed, and makes the other
 * changes without leaving the page. Without this script links and buttons lead to plain pages; who
 * came to a question's own page by a click before this ran finds it saved as it is typed there too
 * (fields.js, which comes first, tells what was typed meanwhile).
 *
 * What is not on the server yet is kept in this browser (localStorage), question by question, and
 * sent again until the server has it: a reload, a closed tab or a lost network loses nothing.
 * Each save names the revision that it was typed on, and the page and its serial number, so that
 * a retry of one's own is no conflict and two people never overwrite one another.
 */
(() => {
  "use strict";

  const root = () => document.getElementById("workshop");
  if (!root()) return;

  const TRAINING = root().dataset.workshop;
  // One question on a page of its own; its form is there from the start.
  const ALONE = root().dataset.alone;
  const KEY = `workshop:${TRAINING}:`;
  const PAGE = Math.random().toString(36).slice(2) + Date.now().toString(36);
  const PAUSE = 800;
  const FIRST_RETRY = 2000;
  const LONGEST_RETRY = 30000;
  const SIGNED_OUT =
    "Vous n’êtes plus connecté. Reconnectez-vous dans un autre onglet : ce que vous avez tapé est gardé ici.";
  const AWAY =
    "Pas de connexion : ce que vous tapez est gardé sur cet appareil et sera envoyé dès son retour.";

  let serial = 0;
  let retry = FIRST_RETRY;
  let retryTimer = null;
  let chain = Promise.resolve(true);
  const timers = new Map();

  // --- what waits to be sent --------------------------------------------------------------------

  const memory = new Map();
  const waiting = (pk) => {
    if (memory.has(pk)) return memory.get(pk);
    try {
      return JSON.parse(window.localStorage.getItem(KEY + pk));
    } catch {
      return null;
    }
  };
  const keep = (pk, draft) => {
    if (draft) memory.set(pk, draft);
    else memory.delete(pk);
    try {
      if (draft) window.localStorage.setItem(KEY + pk, JSON.stringify(draft));
      else window.localStorage.removeItem(KEY + pk);
    } catch {
      // A browser that refuses to store still sends: nothing is lost while the page is open.
    }
  };
  const stored = () => {
    try {
      return Object.keys(window.localStorage)
        .filter((key) => key.startsWith(KEY))
        .map((key) => key.slice(KEY.length));
    } catch {
      return [];
    }
  };
  const allWaiting = () => [...new Set([...memory.keys(), ...stored()])].filter((pk) => !ALONE || pk === ALONE);

  // --- the page's parts -------------------------------------------------------------------------

  const card = (pk) => document.getElementById(`q${pk}`);
  const formOf = (pk) => card(pk)?.querySelector("form[data-question]");
  const warn = (text) => {
    const place = root().querySelector("[data-network]");
    place.textContent = text;
    place.hidden = !text;
  };
  const say = (pk, text, isWaiting = false) => {
    for (const place of [formOf(pk)?.querySelector("[data-saved]"), root().querySelector("[data-status]")]) {
      if (!place) continue;
      place.textContent = text;
      place.classList.toggle("waiting", isWaiting);
    }
  };
  const refuse = (pk, text) => {
    const place = formOf(pk)?.querySelector("[data-refused]");
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  };
  const renew = (parts) => {
    for (const [id, html] of Object.entries(parts)) {
      const place = document.getElementById(id);
      if (!place) continue;
      const open = [...place.querySelectorAll("details[open][data-keep]")].map((one) => one.dataset.keep);
      place.innerHTML = html;
      for (const one of place.querySelectorAll("[data-keep]")) one.open = open.includes(one.dataset.keep);
    }
  };
  const ask = async (url, body) => {
    const reply = await fetch(url, {
      method: body ? "POST" : "GET",
      body,
      headers: { "X-Requested-With": "XMLHttpRequest", "X-CSRFToken": window.portal.token() },
      signal: AbortSignal.timeout ? AbortSignal.timeout(15000) : undefined,
    });
    // Without its cookie the token is refused (403): signing in again mends that too.
    if (reply.redirected || reply.status === 403) return { status: 401, text: SIGNED_OUT };
    if (reply.status >= 500 || reply.status === 429) throw new Error(String(reply.status));
    const isJson = (reply.headers.get("Content-Type") || "").includes("json");
    return isJson ? { status: reply.status, data: await reply.json() } : { status: reply.status, text: await reply.text() };
  };

  // --- saving -----------------------------------------------------------------------------------

  const read = (form) => [...new FormData(form).entries()].filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "revision");

  const note = (form) => {
    const pk = form.dataset.question;
    const before = waiting(pk);
    serial += 1;
    keep(pk, {
      url: form.getAttribute("action"),
      revision: before?.revision ?? form.elements.revision.value,
      token: `${PAGE}:${serial}`,
      fields: read(form),
      stuck: false,
    });
    say(pk, "Enregistrement…", true);
    window.clearTimeout(timers.get(pk));
    timers.set(pk, window.setTimeout(send, PAUSE));
  };

  const settle = (pk, draft, reply) => {
    const form = formOf(pk);
    if (reply.status === 200 && reply.data) {
      const later = waiting(pk);
      if (form) form.elements.revision.value = reply.data.revision;
      if (later?.token === draft.token) keep(pk, null);
      else if (later) keep(pk, { ...later, revision: reply.data.revision });
      refuse(pk, "");
      renew(reply.data.parts);
      if (!waiting(pk)) say(pk, `Enregistré à ${reply.data.saved}`);
      return;
    }
    // Sent again only once something changes: until then it waits in this browser.
    const latest = waiting(pk) ?? draft;
    keep(pk, { ...latest, stuck: true, signedOut: reply.status === 401 });
    say(pk, "Pas enregistré", true);
    const sentence = reply.data?.sentence ?? reply.text ?? "";
    if (reply.data?.stored && form) {
      form.querySelector("[data-conflict]").innerHTML = reply.data.stored;
      form.dataset.otherRevision = reply.data.revision;
    } else if (reply.data?.gone && form) {
      refuse(pk, `${sentence} Votre texte est gardé ici ; « Enregistrer » l’ajoute à la fin du jeu.`);
      form.dataset.gone = "1";
    } else if (form && reply.status === 422) refuse(pk, sentence);
    else if (reply.data?.gone) showOrphans();
    else warn(sentence || "Cette question n’a pas pu être enregistrée. Rechargez la page : votre texte est gardé.");
  };

  // Sends what waits, one question at a time. True when nothing waits any more.
  const flush = async () => {
    window.clearTimeout(retryTimer);
    let all = true;
    for (const pk of allWaiting()) {
      let draft = waiting(pk);
      while (draft && !draft.stuck) {
        const body = new URLSearchParams(draft.fields);
        body.set("revision", draft.revision);
        body.set("token", draft.token);
        try {
          settle(pk, draft, await ask(draft.url, body));
          warn(waiting(pk)?.stuck ? root().querySelector("[data-network]").textContent : "");
          retry = FIRST_RETRY;
        } catch {
          warn(AWAY);
          say(pk, "En attente du réseau", true);
          retryTimer = window.setTimeout(send, retry);
          retry = Math.min(retry * 2, LONGEST_RETRY);
          return false;
        }
        draft = waiting(pk);
      }
      if (draft) all = false;
    }
    return all;
  };
  const send = () => {
    chain = chain.then(flush);
    return chain;
  };

  // --- one question's form ------------------------------------------------------------------------

  const rows = (form) => [...form.querySelectorAll("[data-choice]")];
  const shown = (form) => rows(form).filter((row) => !row.classList.contains("spare"));
  const number = (form) => {
    rows(form).forEach((row, index) => {
      const letter = "ABCDEF"[index];
      const box = row.querySelector("[type=checkbox]");
      box.value = index;
      box.setAttribute("aria-label", `La réponse ${letter} est bonne`);
      row.querySelector("textarea").setAttribute("aria-label", `Réponse ${letter}`);
      const words = { up: "Monter", down: "Descendre", drop: "Retirer" };
      for (const button of row.querySelectorAll("[data-choice-do]")) {
        button.setAttribute("aria-label", `${words[button.dataset.choiceDo]} la réponse ${letter}`);
      }
    });
    form.querySelector("[data-choice-add]").hidden = shown(form).length >= rows(form).length;
  };
  const addChoice = (form) => {
    const spare = rows(form).find((row) => row.classList.contains("spare"));
    if (!spare) return;
    spare.classList.remove("spare");
    number(form);
    spare.querySelector("textarea").focus();
  };
  const changeChoice = (button) => {
    const form = button.form;
    const row = button.closest("[data-choice]");
    const all = shown(form);
    const at = all.indexOf(row);
    if (button.dataset.choiceDo === "drop") {
      row.querySelector("textarea").value = "";
      row.querySelector("[type=checkbox]").checked = false;
      row.classList.add("spare");
      rows(form).at(-1).after(row);
      (all[at + 1] ?? all[at - 1])?.querySelector("textarea").focus();
    } else {
      if (button.dataset.choiceDo === "up" && at > 0) all[at - 1].before(row);
      if (button.dataset.choiceDo === "down" && at < all.length - 1) all[at + 1].after(row);
      button.focus();
    }
    number(form);
    note(form);
  };

  // Fills a form with a draft that an earlier visit could not send.
  const fill = (form, draft) => {
    const of = (name) => draft.fields.filter(([key]) => key === name).map(([, value]) => value);
    for (const name of ["text", "theme", "explanation"]) form.elements[name].value = of(name)[0] ?? "";
    const texts = of("choice");
    const right = of("right");
    rows(form).forEach((row, index) => {
      row.querySelector("textarea").value = texts[index] ?? "";
      row.querySelector("[type=checkbox]").checked = right.includes(String(index));
      if (texts[index] || right.includes(String(index))) row.classList.remove("spare");
    });
    form.elements.revision.value = draft.revision;
  };

  const open = async (pk, { focus = true, fresh = false } = {}) => {
    const block = card(pk);
    if (!block) return;
    showSet(block.closest("[data-set]").dataset.set);
    block.querySelector("details").open = true;
    const place = block.querySelector("[data-edit-place]");
    if (!place) return;
    if (fresh) place.replaceChildren();
    if (!place.firstElementChild) {
      let reply;
      try {
        reply = await ask(block.querySelector("[data-edit-question]").getAttribute("href"));
      } catch {
        warn("Pas de connexion : la question s’ouvrira dès son retour.");
        return;
      }
      if (reply.status !== 200) {
        warn(reply.text || "Cette question ne peut pas être ouverte. Rechargez la page.");
        return;
      }
      // Asked for twice, by two clicks: what is typed in the first stays.
      if (place.firstElementChild) return;
      place.innerHTML = reply.text;
      const draft = waiting(String(pk));
      if (draft) fill(place.firstElementChild, draft);
      number(place.firstElementChild);
    }
    place.hidden = false;
    document.getElementById(`read-${pk}`).hidden = true;
    block.querySelector("[data-edit-question]").hidden = true;
    if (focus) {
      block.scrollIntoView({ block: "nearest" });
      place.querySelector("textarea").focus();
    }
  };
  const close = async (pk) => {
    if (formOf(pk)?.dataset.question) window.clearTimeout(timers.get(pk));
    await send();
    if (waiting(pk)) return false;
    const block = card(pk);
    const place = block.querySelector("[data-edit-place]");
    place.replaceChildren();
    place.hidden = true;
    document.getElementById(`read-${pk}`).hidden = false;
    block.querySelector("[data-edit-question]").hidden = false;
    return true;
  };

  // --- what has no question any more ------------------------------------------------------------

  // What was typed for a question that is no longer there, or no longer ours to change, is shown:
  // to be added as a new question, or forgotten.
  const orphans = () => stored().filter((pk) => !card(pk)?.querySelector("[data-edit-place]"));
  const showOrphans = () => {
    if (ALONE) return;
    const place = root().querySelector("[data-orphans]");
    place.replaceChildren();
    for (const pk of orphans()) {
      const draft = waiting(pk);
      if (!draft) continue;
      const block = document.getElementById("orphan").content.cloneNode(true).firstElementChild;
      const of = (name) => draft.fields.filter(([key]) => key === name).map(([, value]) => value);
      const choices = of("choice").filter(Boolean).map((one) => `– ${one}`);
      const lines = [...of("text"), ...choices, ...of("explanation")];
      block.querySelector("[data-orphan-text]").textContent = lines.filter(Boolean).join("\n");
      for (const button of block.querySelectorAll("button")) button.value = pk;
      place.append(block);
    }
  };
  const settleOrphan = async (button) => {
    const draft = waiting(button.value);
    if (button.matches("[data-orphan-add]") && draft) {
      const url = root().querySelector("[data-action-form]").getAttribute("action");
      if (!(await act(url, new URLSearchParams(draft.fields)))) return;
    }
    keep(button.value, null);
    showOrphans();
  };

  // --- changes of the sets --------------------------------------------------------------------

  const showSet = (value) => {
    root().dataset.current = value;
    for (const tile of root().querySelectorAll("[data-show-set]")) {
      if (tile.dataset.showSet === value) tile.setAttribute("aria-current", "true");
      else tile.removeAttribute("aria-current");
    }
  };

  // Puts the answer in place of the sets; the forms that are open stay as they are.
  const replace = async (html) => {
    const current = root().dataset.current;
    const opened = [...root().querySelectorAll(".card-q > details[open]")].map((one) => one.closest("[data-card]").dataset.card);
    const forms = new Map();
    for (const form of root().querySelectorAll("form[data-question]")) forms.set(form.dataset.question, form);
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const fresh = holder.content.firstElementChild;
    root().replaceWith(fresh);
    for (const pk of opened) if (card(pk)) card(pk).querySelector("details").open = true;
    for (const [pk, form] of forms) {
      if (!card(pk)) continue;
      card(pk).querySelector("[data-edit-place]").append(form);
      await open(pk, { focus: false });
    }
    showSet(current);
    showOrphans();
    const { open: pk, edit, focus } = root().dataset;
    if (pk && edit) await open(pk);
    else if (pk && card(pk)) showSet(card(pk).closest("[data-set]").dataset.set);
    if (!focus) return;
    const wanted = root().querySelector(`[data-key="${CSS.escape(focus)}"]`);
    // At the end of its way « Monter » is disabled: the focus stays on the card.
    const target = wanted?.disabled ? wanted.closest("[data-card]").querySelector("summary") : wanted;
    target?.closest("[data-card]")?.querySelector("details").setAttribute("open", "");
    target?.focus();
  };
  const act = async (url, body) => {
    await send();
    let reply;
    try {
      reply = await ask(url, body);
    } catch {
      warn("Pas de connexion : ce changement n’est pas fait. Réessayez dès son retour.");
      return false;
    }
    if (reply.status === 200) {
      await replace(reply.text);
      return true;
    }
    warn(reply.data?.sentence || reply.text || "Ce changement n’a pas pu être fait. Rechargez la page.");
    return false;
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-question]")) note(form);
  });

  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-action], [data-edit-question], [data-goto], [data-show-set], [data-choice-do], [data-choice-add], [data-theirs], [data-orphan-add], [data-orphan-drop]");
    for (const menu of document.querySelectorAll("details.menu-small[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    if (!target || !root().contains(target)) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (target.dataset.showSet) {
      showSet(target.dataset.showSet);
      document.getElementById(`jeu-${target.dataset.showSet}`).scrollIntoView();
    } else if (target.dataset.goto) open(target.dataset.goto);
    else if (target.dataset.editQuestion) open(target.dataset.editQuestion);
    else if (target.dataset.choiceDo) changeChoice(target);
    else if (target.matches("[data-choice-add]")) addChoice(target.form);
    else if (target.matches("[data-orphan-add], [data-orphan-drop]")) settleOrphan(target);
    else if (target.matches("[data-theirs]")) {
      const pk = target.closest("form").dataset.question;
      keep(pk, null);
      if (ALONE) window.location.assign(target.href);
      else open(pk, { fresh: true });
    } else {
      const body = new URLSearchParams();
      if (target.name) body.set(target.name, target.value);
      act(target.getAttribute("formaction"), body);
    }
  });

  // All is on the server: the form of a page of its own goes its plain way.
  let isSure = false;
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!root().contains(form) || isSure) return;
    if (form.matches("[data-action-form]")) {
      event.preventDefault();
      act(form.getAttribute("action"), new URLSearchParams(new FormData(form)));
    } else if (form.matches("[data-question]")) {
      event.preventDefault();
      const pk = form.dataset.question;
      const isMine = event.submitter?.matches("[data-mine]");
      if (ALONE && !isMine) {
        if (form.dataset.gone) keep(pk, null);
        else await send();
        if (waiting(pk)) return;
        isSure = true;
        form.requestSubmit(event.submitter);
        isSure = false;
        return;
      }
      if (form.dataset.gone) {
        const url = root().querySelector("[data-action-form]").getAttribute("action");
        const body = new URLSearchParams(read(form));
        keep(pk, null);
        form.remove();
        if (!(await act(url, body))) warn("Ce changement n’a pas pu être fait : copiez votre texte avant de recharger.");
        return;
      }
      if (isMine) {
        form.elements.revision.value = form.dataset.otherRevision;
        form.querySelector("[data-conflict]").replaceChildren();
        keep(pk, null);
        note(form);
        await send();
        return;
      }
      const set = form.elements.set.value;
      if (!(await close(pk))) return;
      if (event.submitter?.matches("[data-next]")) {
        const next = card(pk).nextElementSibling?.dataset.card;
        if (next) open(next);
        else act(root().querySelector(`#jeu-${set} [data-action-form]`).getAttribute("action"), new URLSearchParams({ set }));
      } else card(pk).querySelector("summary").focus();
    }
  });

  // Enter in a choice goes to the next one; a choice is one paragraph.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.name !== "choice" || !root().contains(event.target)) return;
    event.preventDefault();
    const form = event.target.form;
    const all = shown(form);
    const next = all[all.indexOf(event.target.closest("[data-choice]")) + 1];
    if (next) next.querySelector("textarea").focus();
    else addChoice(form);
  });

  window.addEventListener("online", send);
  // Back from the tab where one signed in again.
  window.addEventListener("focus", () => {
    const held = allWaiting().filter((pk) => waiting(pk)?.signedOut && card(pk));
    for (const pk of held) keep(pk, { ...waiting(pk), stuck: false, signedOut: false });
    if (held.length) send();
  });
  // Who leaves in mid-word: what waits is sent all the same. A second sending of it is no conflict.
  window.addEventListener("pagehide", () => {
    for (const pk of allWaiting()) {
      const draft = waiting(pk);
      if (!draft || draft.stuck) continue;
      const body = new URLSearchParams(draft.fields);
      body.set("revision", draft.revision);
      body.set("token", draft.token);
      fetch(draft.url, {
        method: "POST",
        body,
        keepalive: true,
        headers: { "X-Requested-With": "XMLHttpRequest", "X-CSRFToken": window.portal.token() },
      }).catch(() => {});
    }
  });
  if (ALONE) {
    const form = formOf(ALONE);
    const early = window.fields.changed(form).map((field) => [field, field.value, field.checked]);
    const draft = waiting(ALONE);
    if (draft) {
      keep(ALONE, { ...draft, stuck: false });
      fill(form, draft);
    }
    for (const [field, value, checked] of early) {
      Object.assign(field, { value, checked });
      field.closest("[data-choice]")?.classList.remove("spare");
    }
    number(form);
    if (early.length) note(form);
    else if (draft) send();
    return;
  }
  showSet("1");
  // What an earlier visit could not send is opened again, and sent.
  (async () => {
    showOrphans();
    const lost = orphans();
    for (const pk of stored()) {
      const draft = waiting(pk);
      if (!draft) continue;
      draft.stuck = lost.includes(pk);
      keep(pk, draft);
      if (!draft.stuck) await open(pk, { focus: false });
    }
    if (stored().length > lost.length) send();
  })();
})();
