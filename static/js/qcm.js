/* Saves each answer of a QCM as it is chosen. Without this script the form's button saves all.
 *
 * What is not on the server yet is kept in this browser (localStorage) under the attempt's id, so
 * that a closed tab or a lost network loses nothing: the page sends it again by itself, one
 * question at a time, always the last state of each, until the server says that it has it.
 */
(() => {
  "use strict";

  const form = document.querySelector("form[data-qcm]");
  if (!form) return;

  const KEY = `qcm:${form.dataset.attempt}`;
  const FIRST_PAUSE = 2000;
  const LONGEST_PAUSE = 30000;
  const network = form.querySelector("[data-network]");
  const counter = form.querySelector("[data-answered]");
  const bar = form.querySelector("[data-progress]");
  const button = form.querySelector("button");
  const questions = new Map();
  for (const block of form.querySelectorAll("[data-question]")) {
    questions.set(block.dataset.question, block);
  }

  let pause = FIRST_PAUSE;
  let timer = null;
  let sending = null;
  let stopped = false;

  const read = () => {
    try {
      return JSON.parse(window.localStorage.getItem(KEY)) || {};
    } catch {
      return {};
    }
  };
  let waiting = read();
  const keep = () => {
    try {
      if (Object.keys(waiting).length) window.localStorage.setItem(KEY, JSON.stringify(waiting));
      else window.localStorage.removeItem(KEY);
    } catch {
      // A browser that refuses to store still sends: nothing is lost while the page is open.
    }
  };

  const boxes = (block) => [...block.querySelectorAll("input[type=checkbox]")];
  const ticked = (block) => boxes(block).filter((box) => box.checked).map((box) => box.value);
  const say = (question, text, isWaiting) => {
    const line = questions.get(question).querySelector("[data-saved]");
    line.textContent = text;
    line.classList.toggle("waiting", isWaiting);
  };
  const warn = (text) => {
    network.textContent = text;
    network.hidden = !text;
  };
  const count = () => {
    const answered = [...questions.values()].filter((block) => ticked(block).length).length;
    counter.textContent = answered;
    bar.value = answered;
  };

  const post = async (question, choices) => {
    const body = new URLSearchParams();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("attempt", form.dataset.attempt);
    body.set("question", question);
    for (const choice of choices) body.append("choice", choice);
    const reply = await fetch(form.dataset.saveUrl, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout ? AbortSignal.timeout(15000) : undefined,
    });
    const isJson = (reply.headers.get("Content-Type") || "").includes("json");
    return { status: reply.status, data: isJson ? await reply.json() : {} };
  };

  // Sends what waits, one question at a time. True when all of it is on the server.
  const flush = async () => {
    window.clearTimeout(timer);
    while (!stopped) {
      const question = Object.keys(waiting)[0];
      if (question === undefined) {
        warn("");
        pause = FIRST_PAUSE;
        return true;
      }
      const choices = waiting[question];
      let reply;
      try {
        reply = await post(question, choices);
        if (reply.status >= 500 || reply.status === 429) throw new Error(String(reply.status));
      } catch {
        warn("Pas de connexion : vos réponses sont gardées sur cet appareil et seront envoyées dès son retour.");
        for (const one of Object.keys(waiting)) say(one, "En attente du réseau", true);
        timer = window.setTimeout(send, pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
        return false;
      }
      if (reply.status === 200) {
        // Ticked again meanwhile: the newer state goes next.
        if (waiting[question] === choices) {
          delete waiting[question];
          keep();
          say(question, `Enregistré à ${reply.data.saved}`, false);
        }
      } else if (reply.status === 403) {
        stopped = true;
        warn(
          reply.data.message ||
            "Rechargez la page, ou rouvrez le lien reçu par e-mail : vos réponses sont gardées sur cet appareil.",
        );
      } else {
        // Refused for good (the attempt is over, or is not this one): sending again is no use.
        waiting = {};
        keep();
        stopped = true;
        say(question, "", false);
        warn(reply.data.message || "Cette réponse n’a pas pu être enregistrée. Rechargez la page.");
        if (reply.data.ended) window.setTimeout(() => window.location.reload(), 4000);
      }
    }
    return false;
  };
  const send = () => {
    sending = (sending || Promise.resolve()).then(flush);
    return sending;
  };

  form.addEventListener("change", (event) => {
    const block = event.target.closest("[data-question]");
    if (!block) return;
    const question = block.dataset.question;
    waiting[question] = ticked(block);
    keep();
    say(question, "Enregistrement…", true);
    count();
    send();
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    const all = await send();
    button.disabled = false;
    delete form.dataset.sent;
    if (all) window.location.assign(form.dataset.finishUrl);
    else if (!stopped) {
      warn("Pas de connexion : vos réponses sont gardées sur cet appareil. Terminez dès son retour.");
    }
  });

  window.addEventListener("online", send);
  window.addEventListener("beforeunload", (event) => {
    if (Object.keys(waiting).length && !stopped) event.preventDefault();
  });

  // What an earlier visit could not send is ticked again, and sent.
  for (const [question, choices] of Object.entries(waiting)) {
    const block = questions.get(question);
    if (block) {
      for (const box of boxes(block)) box.checked = choices.includes(box.value);
      say(question, "Enregistrement…", true);
    } else delete waiting[question];
  }
  count();
  if (Object.keys(waiting).length) send();
})();
