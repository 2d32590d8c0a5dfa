/* What a person ticks, types or chooses before the page's scripts have run.
 *
 * The server's HTML says what the server has of each field (defaultChecked, defaultValue …); what
 * a field shows besides was done by the person, unheard. A script that saves as one goes calls
 * `fields.tell(root)` once it listens: the events of these fields happen again, and are heard.
 * Its form has autocomplete="off", or a reload would bring back what an older page showed, over
 * what others have written since.
 */
window.fields = (() => {
  "use strict";

  const isTick = (field) => ["checkbox", "radio"].includes(field.type);

  const isOtherOption = (list) => {
    const options = [...list.options];
    const chosen = options.filter((option) => option.defaultSelected);
    // Without a chosen one, a list of one shows its first.
    if (!chosen.length && !list.multiple) chosen.push(options.find((option) => !option.disabled));
    const sent = list.multiple ? chosen : chosen.slice(-1);
    return options.some((option) => option.selected !== sent.includes(option));
  };

  const differs = (field) => {
    if (field.type === "file") return field.files.length > 0;
    if (field.matches("select")) return isOtherOption(field);
    return isTick(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  };

  // In the order of the page: the fields of `root` that show what the server did not send.
  const changed = (root, selector = "input:not([type=hidden], [type=file]), select, textarea") =>
    [...root.querySelectorAll(selector)].filter((field) => !field.disabled && differs(field));

  const tell = (root, selector) => {
    for (const field of changed(root, selector)) {
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  return { changed, tell };
})();
