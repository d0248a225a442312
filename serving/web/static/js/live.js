// Follows the stream of one view: puts each fragment into the page, says what is newly broken, and
// says when the line is cut or nothing moves.
import { morph } from "./morph.js";

const STALE_MS = 30_000; // no tick for so long, and the reader is told
const LOST_MS = 2_500; // a reconnect that is faster than this is nobody's business
const AGAIN_MS = [1_000, 2_000, 5_000, 10_000, 30_000]; // after a refusal; the last one stays
const NEWS_MS = 8_000; // at least so long between two announcements
const CAUGHT_UP_MS = 4_000; // no tick for so long, and it caught up
const FAST = 20; // event time this many times as fast as the wall's: catching up

export function follow(live) {
  new Follower(live).open();
}

class Follower {
  constructor(live) {
    this.live = live;
    this.banner = document.getElementById("link");
    this.news = document.getElementById("news");
    this.tries = 0;
    this.mark = live.dataset.mark;
    this.tickAt = performance.now();
    this.second = this.clock();
    this.fast = 0;
    this.known = new Set(this.broken().map((row) => row.dataset.key));
    this.fresh = [];
    this.spokeAt = -NEWS_MS;
    this.lostAt = null;
    setInterval(() => this.look(), 1_000);
  }

  open() {
    const query = new URLSearchParams(location.search);
    query.set("from", this.mark);
    this.source = new EventSource(`/live/${this.live.dataset.view}?${query}`);
    this.source.addEventListener("open", () => this.opened());
    this.source.addEventListener("view", (event) => this.shown(event));
    this.source.addEventListener("error", () => this.failed());
  }

  opened() {
    this.tries = 0;
    this.lostAt = null;
    this.refused = null;
    document.documentElement.dataset.line = "live";
    this.look();
  }

  // The browser tries again by itself after a cut, but not after an answer that is no stream.
  failed() {
    this.lostAt ??= performance.now();
    document.documentElement.dataset.line = "lost";
    this.look();
    if (this.source.readyState !== EventSource.CLOSED) return;
    const wait = AGAIN_MS[Math.min(this.tries++, AGAIN_MS.length - 1)];
    setTimeout(() => this.again(), wait);
  }

  async again() {
    try {
      const found = await fetch(`/api/counts${location.search}`, { redirect: "manual" });
      this.refused = [401, 403].includes(found.status) ? "gone" : found.ok ? "full" : null;
    } catch {
      this.refused = null;
    }
    this.look();
    this.open();
  }

  shown(event) {
    this.mark = event.lastEventId;
    const parsed = new DOMParser().parseFromString(event.data, "text/html");
    const next = document.createElement("div");
    for (const { name, value } of this.live.attributes) next.setAttribute(name, value);
    next.append(...parsed.body.childNodes);
    next.dataset.mark = this.mark;
    const focused = this.live.contains(document.activeElement) ? document.activeElement : null;
    morph(this.live, next);
    if (focused && !focused.isConnected) this.refocus(focused);
    this.ticked();
    this.notice();
    document.dispatchEvent(new CustomEvent("board:shown"));
  }

  // A row that went away takes its focus along; the table takes it up instead of the page's top.
  refocus() {
    const near = this.live.querySelector("[data-row].here a, .scroll, a");
    near?.focus({ preventScroll: true });
  }

  clock() {
    return Number(this.live.querySelector(".clock")?.dataset.at ?? 0);
  }

  ticked() {
    const second = this.clock();
    if (second === this.second) return;
    const passed = Math.max(0.2, (performance.now() - this.tickAt) / 1_000);
    const pace = this.second ? (second - this.second) / passed : 0;
    this.fast = pace > FAST ? Math.round(pace) : 0;
    this.second = second;
    this.tickAt = performance.now();
    this.look();
  }

  // What is wrong, the worst first; nothing is shown while all is well.
  look() {
    const now = performance.now();
    const silent = now - this.tickAt;
    if (this.refused === "gone") return this.say("gone", {});
    if (this.lostAt !== null && now - this.lostAt > LOST_MS) return this.say(this.refused ?? "lost", {});
    if (silent > STALE_MS) return this.say("stale", { seconds: Math.floor(silent / 10_000) * 10 });
    if (this.fast && silent < CAUGHT_UP_MS) return this.say("catching", { times: this.fast > 50 ? Math.round(this.fast / 50) * 50 : FAST });
    this.say("", {});
  }

  say(what, values) {
    const text = what ? fill(this.banner.dataset[what], values) : "";
    if (this.banner.textContent === text) return;
    this.banner.className = what;
    this.banner.textContent = text;
    this.banner.hidden = !text;
  }

  broken() {
    return [...this.live.querySelectorAll('[data-row][data-level="breached"]')];
  }

  // Only what is newly broken is spoken, many at once as one sentence, and seldom.
  notice() {
    if (!this.live.dataset.newOne) return;
    for (const row of this.broken()) {
      if (this.known.has(row.dataset.key)) continue;
      this.known.add(row.dataset.key);
      row.classList.add("fresh");
      this.fresh.push({ unit: row.dataset.unit, stage: row.dataset.stage });
    }
    if (this.known.size > 5_000) this.known = new Set(this.broken().map((row) => row.dataset.key));
    if (this.fresh.length) this.speak();
  }

  speak() {
    const wait = this.spokeAt + NEWS_MS - performance.now();
    if (wait > 0) {
      this.later ??= setTimeout(() => { this.later = null; this.speak(); }, wait);
      return;
    }
    if (!this.fresh.length) return;
    const words = this.live.dataset[this.fresh.length === 1 ? "newOne" : "newMany"];
    this.news.textContent = fill(words, { ...this.fresh[0], count: this.fresh.length });
    this.fresh = [];
    this.spokeAt = performance.now();
  }
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
