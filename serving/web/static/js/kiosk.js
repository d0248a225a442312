// A wall screen that was asked to turn its pages: the next one every so many seconds.

export function cycle(seconds) {
  const pages = [...document.querySelectorAll("[data-page]")];
  const at = pages.findIndex((page) => page.hasAttribute("aria-current"));
  const next = pages[(at + 1) % pages.length];
  if (next) setTimeout(() => location.replace(next.href), seconds * 1_000);
}
