// Comforts only: every task can be done without this file.

// The error summary is what a person needs first after a refused form.
document.querySelector("[data-error-summary]")?.focus();

// Show or hide a password.
for (const box of document.querySelectorAll("[data-secret]")) {
  const input = box.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-secondary";
  const show = (visible) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? "Masquer" : "Afficher";
    button.setAttribute("aria-label", visible ? "Masquer le mot de passe" : "Afficher le mot de passe");
  };
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => show(input.type === "password"));
  // The browser must send and remember it as a password.
  input.form?.addEventListener("submit", () => show(false));
  show(false);
  box.append(button);
}

// Copy an identifier, and say so.
for (const box of document.querySelectorAll("[data-copy]")) {
  const button = box.querySelector("button");
  const said = box.querySelector("[role=status]");
  if (!navigator.clipboard) {
    button.remove();
    continue;
  }
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(box.dataset.copy);
      said.textContent = "Copié";
    } catch {
      said.textContent = `La copie est bloquée par le navigateur : sélectionnez ${box.dataset.named || "l’identifiant"}.`;
    }
    setTimeout(() => (said.textContent = ""), 4000);
  });
}

// The person's menu closes as menus do.
const menu = document.querySelector("[data-menu]");
if (menu) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// Print the page: the button appears with the script only.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Two clicks are one wish: a code serves once, and the second click would say that it was used. Another button, or
// something else chosen, is another wish: a page that answered with a file is still there.
const wishes = new WeakMap();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  const wish = new URLSearchParams(new FormData(form, event.submitter)).toString();
  if (wishes.get(form) === wish) {
    event.preventDefault();
    return;
  }
  wishes.set(form, wish);
  setTimeout(() => wishes.get(form) === wish && wishes.delete(form), 3000);
});
