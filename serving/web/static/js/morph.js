// Makes one tree of elements like another and keeps every node that stays: focus, selection, an
// open <details> and words half typed survive an update. Rows are known by their data-key. What has
// data-own is drawn by a script of the page, which is told of every update and draws it anew.

export function morph(from, to) {
  if (from.dataset && "own" in from.dataset) return;
  attributes(from, to);
  children(from, to);
}

function attributes(from, to) {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !ours(from, name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (ours(from, name)) continue;
    const text = name === "class" && from.classList.contains("here") ? `${value} here`.trim() : value;
    if (from.getAttribute(name) !== text) from.setAttribute(name, text);
  }
}

// What the reader did to an element is the reader's: opened it, typed into it, went to it.
function ours(element, name) {
  if (name === "open") return element.tagName === "DETAILS";
  return name === "value" && element.tagName === "INPUT" && element.type !== "hidden";
}

function children(from, to) {
  const kept = new Map();
  for (const child of from.children) if (child.dataset.key) kept.set(child.dataset.key, child);
  const wanted = new Set();
  for (const child of to.children) if (child.dataset.key) wanted.add(child.dataset.key);
  let here = from.firstChild;
  for (const next of [...to.childNodes]) {
    // What nobody wants any more goes first, so that all that stays need not move.
    while (here && here.dataset?.key && !wanted.has(here.dataset.key)) here = drop(here);
    const match = next.dataset?.key ? kept.get(next.dataset.key) : same(here, next) ? here : null;
    if (!match) {
      from.insertBefore(document.importNode(next, true), here);
      continue;
    }
    if (match === here) here = here.nextSibling;
    else move(from, match, here);
    if (match.nodeType === Node.ELEMENT_NODE) morph(match, next);
    else if (match.data !== next.data) match.data = next.data;
  }
  while (here) here = drop(here);
}

function drop(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

// moveBefore keeps focus and state where the browser has it.
function move(parent, node, before) {
  if (parent.moveBefore) parent.moveBefore(node, before);
  else parent.insertBefore(node, before);
}

function same(one, other) {
  if (!one || one.nodeType !== other.nodeType) return false;
  if (one.nodeType !== Node.ELEMENT_NODE) return one.nodeType === Node.TEXT_NODE;
  return one.tagName === other.tagName && !one.dataset.key && !other.dataset.key;
}
