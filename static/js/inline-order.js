/* Buttons that move the rows of a meeting up and down.

   The order is the number in each row's "position" field; without this script it is typed. A move swaps two rows on
   the page, writes the numbers anew, keeps the focus on the button, and says the new place (role="status").
   Django gives rows their names by their place, and needs stored rows before new ones: put right before sending. */

const rowsOf = (group) => [...group.querySelectorAll(".inline-related:not(.empty-form)")];
const positionOf = (row) => row.querySelector('[name$="-position"]');

function number(group) {
  rowsOf(group).forEach((row, i) => { positionOf(row).value = i + 1; });
}

function move(group, row, step) {
  const rows = rowsOf(group);
  const place = rows.indexOf(row) + step;
  if (place < 0 || place >= rows.length) return;
  if (step < 0) rows[place].before(row);
  else rows[place].after(row);
  number(group);
  group.querySelector("[data-order-news]").textContent = group.dataset.moved
    .replace("{place}", place + 1).replace("{total}", rows.length);
}

function addButtons(group, row) {
  const holder = document.createElement("span");
  holder.className = "fk-order";
  for (const [word, sign, step] of [[group.dataset.up, "↑", -1], [group.dataset.down, "↓", 1]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.title = word;
    button.textContent = sign;
    button.setAttribute("aria-label", `${word}: ${row.querySelector(".inline_label").textContent.trim()}`);
    button.addEventListener("click", () => { move(group, row, step); button.focus(); });
    holder.append(button);
  }
  row.querySelector("h3").append(holder);
  positionOf(row).closest(".form-row").classList.add("fk-order-number");
}

/* Stored rows first, each row's fields named by its place. */
function rename(group) {
  const prefix = group.id.replace(/-group$/, "");
  const rows = rowsOf(group);
  const inNameOrder = [...rows.filter((row) => row.classList.contains("has_original")),
    ...rows.filter((row) => !row.classList.contains("has_original"))];
  inNameOrder.forEach((row, i) => {
    for (const field of row.querySelectorAll(`[name^="${prefix}-"]`)) {
      field.name = field.name.replace(/-\d+-/, `-${i}-`);
    }
  });
}

function start(group) {
  if (!group.querySelector('[name$="-position"]')) return; // a record: its order stays
  const rows = rowsOf(group);
  const blank = rows.filter((row) => !row.classList.contains("has_original"));
  // The empty row is for those without scripts; where there are rows already, "add" makes one when it is needed.
  if (!document.querySelector(".errornote") && rows.length > blank.length) {
    blank.forEach((row) => row.querySelector(".inline-deletelink")?.click());
  }
  rowsOf(group).forEach((row) => addButtons(group, row));
  group.addEventListener("formset:added", (event) => {
    addButtons(group, event.target);
    number(group);
  });
  group.closest("form").addEventListener("submit", () => rename(group));
}

// After Django's inlines.js, which waits for the page as well.
django.jQuery(() => document.querySelectorAll("[data-ordered]").forEach(start));
