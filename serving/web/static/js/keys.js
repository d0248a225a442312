// The keyboard: / to search, j and k through the rows, Enter opens, a acknowledges, ? shows the keys.

export function keys() {
  const dialog = document.getElementById("keys");
  const button = document.getElementById("show-keys");
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const does = KEYS[event.key];
    if (does && does(event) !== false) event.preventDefault();
  });
}

const KEYS = {
  "/": () => {
    const search = document.getElementById("search");
    search?.focus();
    search?.select();
    return Boolean(search);
  },
  "?": () => document.getElementById("keys").showModal(),
  j: () => go(1),
  k: () => go(-1),
  a: () => here()?.querySelector("[data-acknowledge]")?.click(),
  // On a link or a button Enter is its own; on a row that was reached by j and k it opens the row.
  Enter: (event) => {
    if (event.target.closest("a, button, summary")) return false;
    const link = here()?.querySelector("[data-open]");
    link?.click();
    return Boolean(link);
  },
};

function here() {
  return document.querySelector("[data-row].here");
}

function go(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const at = rows.indexOf(here());
  const next = rows[Math.min(Math.max(at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by, 0), rows.length - 1)];
  here()?.classList.remove("here");
  next.classList.add("here");
  next.querySelector("[data-open]")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}
