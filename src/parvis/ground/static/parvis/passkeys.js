// Passkeys: the one thing that a page cannot do without script. What only they need appears where the browser knows
// them; a challenge is fetched when the button is pressed, so that a page left open for an hour still works.

const known = window.isSecureContext && "PublicKeyCredential" in window && Boolean(navigator.credentials);

for (const one of document.querySelectorAll("[data-passkey-only]")) known ? (one.hidden = false) : one.remove();
for (const one of document.querySelectorAll("[data-passkey-absent]")) one.hidden = known;

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const read = (options) => {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.excludeCredentials, options.allowCredentials]) {
    for (const one of list || []) one.id = bytes(one.id);
  }
  return options;
};

const written = (made) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = text(made.response[name]);
  }
  return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} });
};

const REASONS = {
  NotAllowedError: "Rien n’a été fait : la demande a été annulée ou a trop duré. Recommencez, ou choisissez un autre moyen.",
  InvalidStateError: "Cet appareil a déjà une clé d’accès pour ce compte.",
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const said = form.querySelector("[data-passkey-said]");
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    said.hidden = true;
    try {
      const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
      if (!answer.ok || !(answer.headers.get("Content-Type") || "").startsWith("application/json")) {
        // Whoever was signed in is so no longer: the page says where to go.
        location.reload();
        return;
      }
      const publicKey = read(await answer.json());
      const made = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey });
      form.elements.credential.value = written(made);
      form.submit();
    } catch (fault) {
      said.textContent = REASONS[fault.name] || "La clé d’accès n’a pas répondu. Recommencez, ou choisissez un autre moyen.";
      said.hidden = false;
      button.disabled = false;
    }
  });
}
