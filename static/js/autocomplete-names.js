/* Gives the admin's autocompletes (select2) the names that they lack: a screen reader hears the label of the field. */

function name(select) {
  const box = select.nextElementSibling;
  const label = document.querySelector(`label[for="${select.id}"]`);
  if (!box?.classList.contains("select2") || !label) return;
  const words = label.textContent.trim().replace(/:$/, "");
  for (const part of box.querySelectorAll('[role="combobox"], [role="textbox"], [role="searchbox"], input')) {
    part.removeAttribute("aria-labelledby");
    part.setAttribute("aria-label", words);
  }
  django.jQuery(select).on("select2:open", () => {
    document.querySelectorAll(".select2-container--open .select2-search__field, .select2-container--open [role=listbox]")
      .forEach((part) => part.setAttribute("aria-label", words));
  });
}

const nameAll = (root) => root.querySelectorAll("select.admin-autocomplete:not([name*=__prefix__])").forEach(name);
django.jQuery(() => nameAll(document));
document.addEventListener("formset:added", (event) => nameAll(event.target));
