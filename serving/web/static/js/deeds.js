// Forms that act on an alert, sent without leaving the page. What became of it comes by the stream;
// only what went wrong is said here. Without this, the same forms work as forms do.

export function deeds(live) {
  const trouble = document.getElementById("trouble");
  live.addEventListener("submit", async (event) => {
    const form = event.target.closest("form.deed");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    trouble.hidden = true;
    try {
      const refused = await send(form);
      if (refused) say(trouble, refused);
      else form.reset();
    } catch {
      say(trouble, document.getElementById("link").dataset.lost);
    } finally {
      button.disabled = false;
    }
  });
}

async function send(form) {
  const { incident, back, csrf, ...doing } = Object.fromEntries(new FormData(form));
  const body = JSON.stringify({ ...doing, after: Number(doing.after ?? 0) });
  const address = `/api/incidents/${incident.split("/").map(encodeURIComponent).join("/")}/deeds`;
  const headers = { "content-type": "application/json", "x-portclock-csrf": csrf };
  const answer = await fetch(address, { method: "POST", headers, body });
  if (answer.ok) return "";
  const { what, do: remedy } = await answer.json();
  return `${what} ${remedy}`;
}

function say(place, text) {
  place.textContent = text;
  place.hidden = false;
}
