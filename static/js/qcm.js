/* Saves each answer of a QCM as it is chosen. Without this script the form's button saves all.
 *
 * What is not on the server yet is kept in this browser (localStorage), question by question, so
 * that a closed tab or a lost network loses nothing: the page sends it again by itself, always
 * the last state of each question, until the server says that it has it. Tabs of one browser
 * tell each other, so that an older tab never sends what was changed since in a newer one.
 * What was ticked before this script ran is sent as well (fields.js, which comes first).
 */
(() => {
  "use strict";

  const PREFIX = "qcm:";
  const FIRST_PAUSE = 2000;
  const LONGEST_PAUSE = 30000;
  const LONGEST_REQUEST = 15000;
  // Clocks of two machines, and the time a page takes to arrive.
  const TOLERANCE = 10000;
  // No attempt runs that long: what is left of it can go.
  const LONGEST_KEPT = 60 * 24 * 3600 * 1000;

  // --- What this browser keeps: {choices, at, sent, saved} under qcm:attempt:question ----------

  const store = {
    works: true,
    keys(prefix) {
      try {
        return Object.keys(window.localStorage).filter((key) => key.startsWith(prefix));
      } catch {
        return [];
      }
    },
    parse(text) {
      try {
        const entry = JSON.parse(text);
        return entry && Array.isArray(entry.choices) ? entry : null;
      } catch {
        return null;
      }
    },
    get(key) {
      try {
        return this.parse(window.localStorage.getItem(key));
      } catch {
        return null;
      }
    },
    set(key, entry) {
      try {
        window.localStorage.setItem(key, JSON.stringify(entry));
      } catch {
        // A browser that refuses to store still sends: nothing is lost while the page is open.
        this.works = false;
      }
    },
    remove(key) {
      try {
        window.localStorage.removeItem(key);
      } catch {
        this.works = false;
      }
    },
  };

  // An attempt that is over leaves nothing on a device that others may use.
  for (const mark of document.querySelectorAll("[data-qcm-over]")) {
    for (const key of store.keys(`${PREFIX}${mark.dataset.qcmOver}:`)) store.remove(key);
  }
  for (const key of store.keys(PREFIX)) {
    const entry = store.get(key);
    if (!entry || entry.saved || Date.now() - entry.at > LONGEST_KEPT) store.remove(key);
  }

  const form = document.querySelector("form[data-qcm]");
  if (!form) return;

  // --- The page --------------------------------------------------------------------------------

  const OWN = `${PREFIX}${form.dataset.attempt}:`;
  const network = form.querySelector("[data-network]");
  const said = form.querySelector("[data-said]");
  const counter = form.querySelector("[data-answered]");
  const bar = form.querySelector("[data-progress]");
  const button = form.querySelector("button");
  const questions = new Map();
  for (const block of form.querySelectorAll("[data-question]")) {
    questions.set(block.dataset.question, block);
  }

  const waiting = new Map();
  let pause = FIRST_PAUSE;
  let timer = null;
  let running = null;
  let away = false;
  let over = false;
  let ending = false;

  const boxes = (block) => [...block.querySelectorAll("input[type=checkbox]")];
  const ticked = (block) => boxes(block).filter((box) => box.checked).map((box) => box.value);
  // What the server had of it when it made the page.
  const tickedThere = (block) => boxes(block).filter((box) => box.defaultChecked).map((box) => box.value);
  const tick = (question, choices) => {
    for (const box of boxes(questions.get(question))) box.checked = choices.includes(box.value);
  };
  const say = (question, text, isWaiting) => {
    const line = questions.get(question).querySelector("[data-saved]");
    line.textContent = text;
    line.classList.toggle("waiting", isWaiting);
  };
  const warn = (text) => {
    if (network.textContent === text) return;
    network.textContent = text;
    network.className = text ? "notice notice-warning" : "";
  };
  const count = () => {
    const answered = [...questions.values()].filter((block) => ticked(block).length).length;
    counter.textContent = answered;
    bar.value = answered;
  };
  const wait = (question, entry) => {
    waiting.set(question, entry);
    store.set(OWN + question, entry);
  };
  const forget = (question) => {
    waiting.delete(question);
    store.remove(OWN + question);
  };

  // --- Sending ---------------------------------------------------------------------------------

  const post = async (question, choices) => {
    const body = new URLSearchParams();
    body.set("csrfmiddlewaretoken", window.portal.token());
    body.set("attempt", form.dataset.attempt);
    body.set("question", question);
    for (const choice of choices) body.append("choice", choice);
    const stop = new AbortController();
    const limit = window.setTimeout(() => stop.abort(), LONGEST_REQUEST);
    try {
      const reply = await fetch(form.dataset.saveUrl, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        // A page that is closed at once still sends its last answer.
        keepalive: true,
        // The sign-in page of a hotel's network is no reply of ours.
        redirect: "error",
        signal: stop.signal,
      });
      const isJson = (reply.headers.get("Content-Type") || "").includes("json");
      return { status: reply.status, data: isJson ? await reply.json() : null };
    } finally {
      window.clearTimeout(limit);
    }
  };

  const later = (text, line) => {
    away = true;
    warn(text);
    for (const one of waiting.keys()) say(one, line, true);
  };
  const tryAgain = (text) => {
    later(text, "En attente du réseau");
    timer = window.setTimeout(send, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };
  const saved = (question, entry, at) => {
    waiting.delete(question);
    // Other tabs of this browser read there that it is done; the next page clears it.
    store.set(OWN + question, { choices: entry.choices, at: entry.at, saved: at });
    say(question, `Enregistré à ${at}`, false);
    said.textContent = `${questions.get(question).dataset.name} : enregistrée à ${at}`;
  };
  // Refused for good: the attempt is over, or is not this one. Sending again is no use.
  const close = (text, isEnded) => {
    over = true;
    for (const question of [...waiting.keys()]) {
      say(question, "Non enregistrée", true);
      forget(question);
    }
    warn(text);
    if (isEnded) window.setTimeout(() => window.location.reload(), 4000);
  };

  // Sends what waits, one question at a time. True when all of it is on the server.
  const flush = async () => {
    window.clearTimeout(timer);
    timer = null;
    let refusal = "";
    while (!over) {
      const [question] = waiting.keys();
      if (question === undefined) {
        warn(refusal);
        away = false;
        pause = FIRST_PAUSE;
        return !refusal;
      }
      const entry = waiting.get(question);
      entry.sent = [...(entry.sent || []), entry.choices.join()].slice(-5);
      store.set(OWN + question, entry);
      let reply;
      try {
        reply = await post(question, entry.choices);
      } catch {
        tryAgain("Pas de connexion : vos réponses sont gardées sur cet appareil et seront envoyées dès son retour.");
        return false;
      }
      const { status, data } = reply;
      if (status === 200 && data && data.saved) {
        // Ticked again meanwhile: the newer state goes next.
        if (waiting.get(question) === entry) saved(question, entry, data.saved);
      } else if (status === 403) {
        later(
          (data && data.message) ||
            "Cette page a expiré. Rechargez-la, ou rouvrez le lien reçu par e-mail : vos réponses sont gardées sur cet appareil et seront enregistrées.",
          "Gardée sur cet appareil",
        );
        return false;
      } else if (status === 400 && data) {
        refusal = data.message;
        say(question, "Non enregistrée", true);
        if (waiting.get(question) === entry) forget(question);
      } else if (status < 500 && status !== 429 && data) {
        close(data.message, data.ended);
      } else {
        tryAgain("Le portail ne répond pas pour l’instant : vos réponses sont gardées sur cet appareil et seront envoyées dès que possible.");
        return false;
      }
    }
    return false;
  };
  const send = () => {
    running ??= flush().finally(() => {
      running = null;
    });
    return running;
  };

  // --- What happens on the page ----------------------------------------------------------------

  const choose = (block) => {
    const question = block.dataset.question;
    const before = waiting.get(question);
    wait(question, { choices: ticked(block), at: Date.now(), sent: before && before.sent });
    say(question, "Enregistrement…", true);
    count();
    send();
  };
  form.addEventListener("change", (event) => {
    const block = event.target.closest("[data-question]");
    if (block && !over) choose(block);
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (ending) return;
    ending = true;
    button.setAttribute("aria-busy", "true");
    const all = await send();
    ending = false;
    button.removeAttribute("aria-busy");
    if (all) window.location.assign(form.dataset.finishUrl);
    else if (timer) warn("Des réponses attendent le réseau : elles sont gardées sur cet appareil. Terminez dès son retour.");
  });

  // Another tab of this browser chose, or saved. The later choice stands, in both.
  window.addEventListener("storage", (event) => {
    if (!event.key || !event.key.startsWith(OWN) || over) return;
    const question = event.key.slice(OWN.length);
    const entry = store.parse(event.newValue);
    const own = waiting.get(question);
    if (!entry || !questions.has(question) || (own && own.at > entry.at)) return;
    tick(question, entry.choices);
    count();
    if (entry.saved) {
      waiting.delete(question);
      say(question, `Enregistré à ${entry.saved}`, false);
      if (!waiting.size) {
        warn("");
        away = false;
      }
    } else {
      // That tab sends it; should it be closed before, this one will.
      waiting.set(question, entry);
      say(question, "Enregistrement…", true);
      window.clearTimeout(timer);
      timer = window.setTimeout(send, pause);
    }
  });

  const resume = () => {
    if (waiting.size && document.visibilityState === "visible") send();
  };
  window.addEventListener("online", resume);
  document.addEventListener("visibilitychange", resume);
  window.addEventListener("pageshow", (event) => {
    // Come back by the phone's « back », the page shows ticks of before.
    if (event.persisted && navigator.onLine && (store.works || !waiting.size)) {
      window.location.reload();
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (waiting.size && (away || !store.works) && !over) event.preventDefault();
  });

  // --- What an earlier visit could not send is ticked again, and sent -------------------------

  const early = [...questions.values()].filter((block) => window.fields.changed(block).length);
  const ahead = Number(form.dataset.now) * 1000 - Date.now();
  for (const key of store.keys(OWN)) {
    const question = key.slice(OWN.length);
    const entry = store.get(key);
    const block = questions.get(question);
    if (!block || !entry) {
      store.remove(key);
      continue;
    }
    // Chosen since on another device: what the server has is neither this nor sent from here.
    const savedAt = Number(block.dataset.savedAt || 0) * 1000;
    const isOurs = (entry.sent || []).includes(tickedThere(block).join());
    if (savedAt > entry.at + ahead + TOLERANCE && !isOurs) {
      store.remove(key);
      continue;
    }
    waiting.set(question, entry);
    // Ticked on this very page while it loaded: the later choice stands.
    if (early.includes(block)) continue;
    tick(question, entry.choices);
    say(question, "Enregistrement…", true);
  }
  count();
  for (const block of early) choose(block);
  if (waiting.size) send();
})();
