// Two minutes before the session ends for want of activity, ask whether to stay. Nothing typed is ever lost: the page
// stays as it is, and what is sent after the end waits on the server until one has signed in again.

const dialog = document.querySelector("#session-end");
const KEY = "parvis-session-until";
const DAY = 86_400_000;

const soon = dialog.querySelector("[data-soon]");
const over = dialog.querySelector("[data-over]");
const clock = dialog.querySelector("[data-clock]");
const fault = dialog.querySelector("[data-fault]");
const form = dialog.querySelector("form");
const back = dialog.querySelector("[data-close]");
const after = document.querySelector("[data-session-over]");
const warning = Number(dialog.dataset.warning) * 1000;

let until = 0;
let timer = 0;
let warned = false;
let ended = false;

// All tabs of this browser share one session: the tab that was served last knows best when it ends.
const tell = (moment) => {
  try {
    localStorage.setItem(KEY, String(moment));
  } catch {
    // Storage is refused: each tab counts for itself.
  }
};
const heard = () => {
  try {
    return Number(localStorage.getItem(KEY)) || 0;
  } catch {
    return 0;
  }
};

const words = (left) => {
  const minutes = Math.round(left / 60_000);
  return minutes < 1 ? "moins d’une minute" : minutes === 1 ? "une minute" : `${minutes} minutes`;
};
const digits = (left) => {
  const seconds = Math.ceil(left / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
};

// The session lives until that moment. `final`: it cannot live longer, whatever one does.
const live = (moment, final) => {
  until = moment;
  warned = ended = false;
  fault.textContent = after.textContent = "";
  soon.hidden = form.hidden = false;
  over.hidden = back.hidden = true;
  dialog.querySelector("[data-idle]").hidden = final;
  dialog.querySelector("[data-longest]").hidden = !final;
  if (final) {
    form.hidden = true;
    back.hidden = false;
  }
  named("session-end");
  if (dialog.open) dialog.close();
  look();
};

const named = (name) => {
  dialog.setAttribute("aria-labelledby", `${name}-title`);
  dialog.setAttribute("aria-describedby", `${name}-text`);
};

const show = (focused) => {
  if (!dialog.open) dialog.showModal();
  focused.focus();
};

const warn = (left) => {
  clock.textContent = digits(left);
  if (warned) return;
  // Said once, when the dialog opens; the digits that follow are for the eye alone.
  warned = true;
  for (const said of dialog.querySelectorAll("[data-said]")) said.textContent = words(left);
  show((form.hidden ? back : form).querySelector("button"));
};

const end = () => {
  if (ended) return;
  ended = true;
  soon.hidden = true;
  over.hidden = back.hidden = false;
  named("session-over");
  show(back.querySelector("button"));
};

function look() {
  clearTimeout(timer);
  const told = heard();
  if (told > until && told < Date.now() + DAY) return live(told, false);
  if (ended) return;
  const left = until - Date.now();
  if (left <= 0) return end();
  if (left <= warning) warn(left);
  timer = setTimeout(look, left <= warning ? Math.min(1000, left) : left - warning);
}

const stay = async () => {
  fault.textContent = "";
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      redirect: "manual",
      headers: { Accept: "application/json" },
    });
    // Sent to the sign-in page: the session ended otherwise.
    if (answer.type === "opaqueredirect") return end();
    if (!answer.ok) throw new Error(answer.status);
    const { left, final } = await answer.json();
    const moment = Date.now() + left * 1000;
    tell(moment);
    live(moment, final);
  } catch {
    fault.textContent = "Parvis ne répond pas pour le moment : réessayez.";
  }
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  stay();
});
// Escape is a sign of life like any other.
dialog.addEventListener("cancel", (event) => {
  if (ended || form.hidden) return;
  event.preventDefault();
  stay();
});
back.addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => {
  if (ended) after.textContent = "Votre session est terminée. Ce que vous avez saisi reste ici : en l’envoyant, vous vous connecterez.";
});
addEventListener("storage", (event) => event.key === KEY && look());
// A machine that slept, a tab that comes back.
document.addEventListener("visibilitychange", () => document.hidden || look());
addEventListener("pageshow", (event) => event.persisted && look());

const moment = Date.now() + Number(dialog.dataset.left) * 1000;
tell(moment);
live(moment, "final" in dialog.dataset);
