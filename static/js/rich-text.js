/* The editor of rich text in the panel.

   Turns each <textarea data-rich-text="address of the TipTap bundle" data-words="{…}"> into an editor with a toolbar.
   The textarea stays in the form, hidden, and always holds the HTML; the server cleans it (participants/prose.py).
   No inline style or script: `injectCSS` is off, rich-text.css has what TipTap would inject.
   New rows of inlines are met by Django's `formset:added`; the template row (__prefix__) is left alone. */

const waiting = (root) => [...root.querySelectorAll("textarea[data-rich-text]:not([hidden])")].filter(
  (area) => !area.name.includes("__prefix__"),
);

/* name of the word, sign on the button (or the word itself), command, what isActive() is asked (null: the button is no switch) */
const BUTTONS = [
  ["bold", "B", (chain) => chain.toggleBold(), ["bold"]],
  ["italic", "I", (chain) => chain.toggleItalic(), ["italic"]],
  ["heading", "H2", (chain) => chain.toggleHeading({ level: 2 }), ["heading", { level: 2 }]],
  ["subheading", "H3", (chain) => chain.toggleHeading({ level: 3 }), ["heading", { level: 3 }]],
  ["bullets", "•", (chain) => chain.toggleBulletList(), ["bulletList"]],
  ["numbers", "1.", (chain) => chain.toggleOrderedList(), ["orderedList"]],
  ["quote", "„”", (chain) => chain.toggleBlockquote(), ["blockquote"]],
  ["link", "", null, ["link"]],
  ["undo", "↶", (chain) => chain.undo(), null],
  ["redo", "↷", (chain) => chain.redo(), null],
];

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function edit(area, tiptap) {
  const words = JSON.parse(area.dataset.words);
  const label = document.querySelector(`label[for="${area.id}"]`);
  const box = element("div", { class: "fk-rich" });
  area.before(box);
  area.hidden = true;
  const t = tiptap;
  const editor = new t.Editor({
    element: box,
    injectCSS: false,
    content: area.value,
    extensions: [
      t.Document, t.Paragraph, t.Text, t.HardBreak, t.Bold, t.Italic, t.BulletList, t.OrderedList, t.ListItem,
      t.Heading.configure({ levels: [2, 3] }), t.Link.configure({ openOnClick: false }), t.Blockquote, t.History,
    ],
    editorProps: {
      attributes: {
        role: "textbox", "aria-multiline": "true", lang: "pl",
        "aria-label": label ? label.textContent.replace(/:$/, "") : "",
      },
    },
    onUpdate: () => {
      area.value = editor.isEmpty ? "" : editor.getHTML();
      area.dispatchEvent(new Event("change", { bubbles: true }));
    },
  });
  const linkBar = makeLinkBar(editor, words);
  box.prepend(makeToolbar(editor, words, linkBar), linkBar);
  label?.addEventListener("click", () => editor.commands.focus());
}

function makeToolbar(editor, words, linkBar) {
  const bar = element("div", { class: "fk-rich__bar", role: "toolbar", "aria-label": words.toolbar });
  const buttons = BUTTONS.map(([name, sign, command]) => {
    const button = element("button", { type: "button", title: words[name], "aria-label": words[name] }, sign || words[name]);
    button.addEventListener("click", () => (command ? command(editor.chain().focus()).run() : linkBar.open()));
    return button;
  });
  bar.append(...buttons);
  rove(bar, buttons);
  const show = () => BUTTONS.forEach(([, , , state], i) => {
    if (state) buttons[i].setAttribute("aria-pressed", String(editor.isActive(...state)));
  });
  editor.on("transaction", show);
  show();
  return bar;
}

/* One stop for the Tab key; arrows, Home and End move inside (ARIA Authoring Practices, toolbar). */
function rove(bar, buttons) {
  buttons.forEach((button, i) => { button.tabIndex = i ? -1 : 0; });
  bar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const last = buttons.length - 1;
    const next = { ArrowRight: at < last ? at + 1 : 0, ArrowLeft: at ? at - 1 : last, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttons.forEach((button, i) => { button.tabIndex = i === next ? 0 : -1; });
    buttons[next].focus();
  });
}

/* A line under the toolbar that asks for the address; Enter sets it, Escape leaves. Not a form: it stands inside one. */
function makeLinkBar(editor, words) {
  const input = element("input", { type: "text", inputmode: "url", autocomplete: "off", "aria-label": words.address });
  const act = (word, run) => {
    const button = element("button", { type: "button" }, word);
    button.addEventListener("click", run);
    return button;
  };
  const close = () => { bar.hidden = true; editor.commands.focus(); };
  const chain = () => editor.chain().focus().extendMarkRange("link");
  const set = () => {
    const href = whole(input.value.trim());
    if (!href) chain().unsetMark("link").run();
    else if (editor.state.selection.empty && !editor.isActive("link")) {
      editor.chain().focus().insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
    } else chain().setMark("link", { href }).run();
    close();
  };
  const remove = () => { chain().unsetMark("link").run(); close(); };
  const bar = element("div", { class: "fk-rich__link", role: "group", "aria-label": words.link },
    input, act(words.set, set), act(words.remove, remove), act(words.cancel, close));
  bar.hidden = true;
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target === input) { event.preventDefault(); set(); }
  });
  bar.open = () => {
    bar.hidden = false;
    input.value = editor.getAttributes("link").href || "";
    input.focus();
  };
  return bar;
}

/* "policja.pl" is meant as a web address, "jan@poczta.pl" as a mail address. */
function whole(address) {
  if (!address || /^(https?:|mailto:|tel:)/i.test(address)) return address;
  return /^[^\s/@]+@[^\s/@]+$/.test(address) ? `mailto:${address}` : `https://${address}`;
}

const first = document.querySelector("textarea[data-rich-text]");
if (first) {
  const tiptap = await import(first.dataset.richText);
  waiting(document).forEach((area) => edit(area, tiptap));
  document.addEventListener("formset:added", (event) => waiting(event.target).forEach((area) => edit(area, tiptap)));
}
