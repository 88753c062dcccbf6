/* Asks the device for a passkey, and sends its answer with the form. Options come from data-options, or from the
   form's own address where the page cannot know them (sign-in). */

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const listed = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

function readable({ publicKey: options }) {
  const read = { ...options, challenge: bytes(options.challenge) };
  if (options.user) read.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) read.excludeCredentials = listed(options.excludeCredentials);
  if (options.allowCredentials) read.allowCredentials = listed(options.allowCredentials);
  return { publicKey: read };
}

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function options(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options;
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  form.hidden = !window.PublicKeyCredential;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const asked = readable(await options(form));
      form.elements.credential.value = written(await navigator.credentials[form.dataset.passkey](asked));
      form.submit();
    } catch {
      form.querySelector("[role=status]").textContent = form.dataset.failed;
    }
  });
}
