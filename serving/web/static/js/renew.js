// A page that is told from the tables has no stream: it is asked for again while somebody looks at
// it, and at once when they come back to it. What the reader opened stays open. Once the page no
// longer says that it goes on, it is left alone. How often, in seconds, is said by the page.
import { morph } from "./morph.js";

export function renew(part) {
  let asking = false;
  const again = async () => {
    if (asking || document.hidden || !("renew" in part.dataset)) return;
    asking = true;
    try {
      const found = await fetch(location.href, { redirect: "manual", cache: "no-store" });
      if (found.ok) put(part, await found.text());
    } catch {
      // The line is cut: what stands goes on standing, and the next turn asks again.
    } finally {
      asking = false;
    }
  };
  setInterval(again, Number(part.dataset.renew) * 1_000);
  document.addEventListener("visibilitychange", again);
}

function put(part, text) {
  const next = new DOMParser().parseFromString(text, "text/html").getElementById(part.id);
  if (!next) return;
  morph(part, next);
  document.dispatchEvent(new CustomEvent("board:renewed"));
}
