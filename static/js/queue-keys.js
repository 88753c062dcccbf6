/* Keys of the moderators' queue. Bound by data- attributes; the pages do the same without it.
   One-letter keys rest while a field has focus, and can be switched off (WCAG 2.1.4). */

const STORED = "queue-keys";
const help = document.querySelector("[data-queue-keys]");
const knob = document.querySelector("[data-queue-switch]");
const list = document.querySelector("[data-queue-rows]");
const rows = list ? [...list.querySelectorAll(list.dataset.queueRows)] : [];
const linkOf = (row) => row.querySelector("th a");
const MOVES = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

let isOn = localStorage.getItem(STORED) !== "off";
help.hidden = false;
knob.checked = isOn;
knob.addEventListener("change", () => {
  isOn = knob.checked;
  localStorage.setItem(STORED, isOn ? "on" : "off");
});

function showHelp() {
  help.open = !help.open;
  if (help.open) help.querySelector("summary").focus();
}

function inList(key) {
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  if (key in MOVES) {
    const next = rows[at < 0 ? 0 : Math.min(Math.max(at + MOVES[key], 0), rows.length - 1)];
    if (next) linkOf(next).focus();
    return Boolean(next);
  }
  if (at < 0) return false;
  if (key === "o") linkOf(rows[at]).click();
  else if (key === "x") rows[at].querySelector("input[type=checkbox]")?.click();
  else return false;
  return true;
}

/* A link is followed; a button only gets the focus, so that no single key decides anything. */
function onPage(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (target.matches("a")) target.click();
  else target.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!isOn || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
  if (event.key === "?") showHelp();
  else if (!(list ? inList(event.key) : onPage(event.key))) return;
  event.preventDefault();
});
