/* Files sent by a request of their own, as soon as they are chosen or dropped.
 *
 * data-upload="URL"        on a block with an id and one <input type="file">: where each file is
 *                          sent, by POST, in the field `file`, one request for each file. The
 *                          answer (status 200, HTML) replaces the block, or the larger block of the
 *                          same id around it; it is normally the same partial again. An answer in error
 *                          (400, 413 …) holds a sentence, or HTML whose text is that sentence,
 *                          which is shown in the block's `.upload-error`.
 * data-max-bytes="N"       above it a file is not sent, and the page says so.
 * data-upload-remove="URL" on a button inside the block: a POST there, without a file; the answer
 *                          replaces the block in the same way.
 * class="dropzone"         a block that takes files dropped on it. Without data-upload the dropped
 *                          file goes into its input, and the form sends it.
 *
 * A file chosen before this script ran is sent as soon as it does (fields.js, which comes first).
 * After each replacement the event `uploaded` is sent to the document. Without JavaScript the
 * block is a plain part of its form, with its own « Envoyer » button (class no-js).
 */
(() => {
  "use strict";

  const AWAY = "Le réseau ne répond pas : rien n’est perdu, le fichier n’a pas été envoyé.";
  const SIGNED_OUT =
    "Vous n’êtes plus connecté. Reconnectez-vous dans un autre onglet, puis réessayez ici : votre saisie est gardée.";
  const FAILED = "Le portail n’a pas pu recevoir ce fichier.";

  const megabytes = (bytes) => `${Math.floor(bytes / 1024 / 1024)}\u00a0Mo`;

  const sentence = (request) => {
    const type = request.getResponseHeader("Content-Type") ?? "";
    if (!type.includes("html")) return request.responseText.trim();
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    return (page.querySelector(".upload-error, main") ?? page.body).textContent.trim();
  };

  // The block as it now stands: an earlier file's answer may have replaced it.
  const current = (zone) => (zone.isConnected ? zone : document.getElementById(zone.id)) ?? zone;

  const say = (zone, text, retry) => {
    const place = zone.querySelector(".upload-error");
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
    if (!retry) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-outline-secondary ms-2";
    button.textContent = "Réessayer";
    button.addEventListener("click", retry);
    place.append(" ", button);
  };

  const replace = (zone, html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const fresh = holder.content.firstElementChild;
    // The answer may be a larger block that holds this one.
    const around = fresh?.id ? document.getElementById(fresh.id) : null;
    const old = around?.contains(zone) ? around : zone;
    const focused = old.contains(document.activeElement);
    old.replaceWith(holder.content);
    if (focused) fresh?.querySelector("input, button, a")?.focus();
    if (fresh) window.htmx?.process(fresh);
    document.dispatchEvent(new CustomEvent("uploaded", { detail: fresh }));
  };

  const showProgress = (zone, name) => {
    const block = document.createElement("div");
    block.className = "upload-progress";
    block.setAttribute("role", "status");
    const words = document.createElement("span");
    words.textContent = `Envoi de « ${name} »…`;
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    block.append(words, bar);
    zone.append(block);
    return {
      remove: () => block.remove(),
      at: (event) => {
        if (event.lengthComputable) bar.value = event.loaded / event.total;
        if (event.loaded === event.total) words.textContent = "Le portail lit le fichier…";
      },
    };
  };

  // Resolves to null when the server took it (the block then holds its answer), else to the
  // sentence that says why not and whether trying again may help.
  const post = (origin, url, file) =>
    new Promise((resolve) => {
      const zone = current(origin);
      const progress = file ? showProgress(zone, file.name) : null;
      zone.setAttribute("aria-busy", "true");
      const end = (failure) => {
        progress?.remove();
        zone.removeAttribute("aria-busy");
        resolve(failure);
      };
      const request = new XMLHttpRequest();
      request.open("POST", url);
      request.setRequestHeader("X-CSRFToken", window.portal.token());
      request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
      if (progress) request.upload.addEventListener("progress", progress.at);
      request.addEventListener("load", () => {
        if (new URL(request.responseURL).pathname !== new URL(url, location.href).pathname) {
          end({ text: SIGNED_OUT, again: true });
        } else if (request.status === 200) {
          end(null);
          replace(zone, request.responseText);
        } else if (request.status >= 400 && request.status < 500) {
          end({ text: sentence(request) || FAILED, again: false });
        } else {
          end({ text: FAILED, again: true });
        }
      });
      request.addEventListener("error", () => end({ text: AWAY, again: true }));
      request.addEventListener("timeout", () => end({ text: AWAY, again: true }));
      const data = new FormData();
      if (file) data.append("file", file);
      request.send(data);
    });

  const sendAll = async (zone, files) => {
    const max = Number(zone.dataset.maxBytes);
    const url = zone.dataset.upload;
    const told = [];
    say(zone, "");
    for (const [index, file] of files.entries()) {
      if (max && file.size > max) {
        told.push(`Ce fichier dépasse ${megabytes(max)} : « ${file.name} ». Réduisez-le, puis déposez-le à nouveau.`);
        continue;
      }
      const failure = await post(zone, url, file);
      if (failure?.again) {
        // The others would fail as well: all that is left is tried again together.
        const left = files.slice(index);
        say(current(zone), [...told, failure.text].join("\n"), () => sendAll(current(zone), left));
        return;
      }
      if (failure) {
        const named = files.length === 1 || failure.text.includes(file.name);
        told.push(named ? failure.text : `« ${file.name} » : ${failure.text}`);
      }
    }
    const input = current(zone).querySelector("input[type=file]");
    if (input) input.value = "";
    if (told.length) say(current(zone), told.join("\n"));
  };

  const remove = async (zone, url) => {
    say(zone, "");
    const failure = await post(zone, url, null);
    if (failure) say(current(zone), failure.text, failure.again && (() => remove(current(zone), url)));
  };

  document.addEventListener("change", (event) => {
    if (event.target.type !== "file") return;
    const zone = event.target.closest("[data-upload]");
    if (zone) {
      if (event.target.files.length) sendAll(zone, [...event.target.files]);
      return;
    }
    // A plain file field of a form: the size is said before anything is sent.
    const plain = event.target.closest("[data-max-bytes]");
    if (!plain) return;
    const max = Number(plain.dataset.maxBytes);
    const large = [...event.target.files].find((file) => file.size > max);
    say(plain, large ? `Ce fichier dépasse ${megabytes(max)} : « ${large.name} ». Réduisez-le, puis choisissez-le à nouveau.` : "");
    if (large) event.target.value = "";
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-upload-remove]");
    if (!button) return;
    const zone = button.closest("[data-upload], .dropzone");
    if (!zone) return;
    event.preventDefault();
    remove(zone, button.dataset.uploadRemove);
  });

  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      const zone = event.target.closest?.(".dropzone");
      // A file dropped beside the zone must not replace the page and what was typed in it.
      if (kind !== "dragleave") event.preventDefault();
      if (!zone) return;
      zone.classList.toggle("over", kind === "dragover");
      if (kind !== "drop") return;
      const input = zone.querySelector("input[type=file]");
      if (!input || input.disabled) return;
      const files = [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1);
      if (zone.dataset.upload) {
        sendAll(zone, files);
      } else {
        const list = new DataTransfer();
        for (const file of files) list.items.add(file);
        input.files = list.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }

  document.addEventListener("DOMContentLoaded", () => window.fields.tell(document, "input[type=file]"));
})();
