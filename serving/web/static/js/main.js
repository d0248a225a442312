// The board in the browser: what is on the page decides what is started. Everything also works
// without this; it adds movement, keys and charts.
import { draw } from "./charts.js";
import { deeds } from "./deeds.js";
import { keys } from "./keys.js";
import { cycle } from "./kiosk.js";
import { follow } from "./live.js";
import { renew } from "./renew.js";

const live = document.getElementById("live");
if (live) {
  deeds(live);
  follow(live);
}
const story = document.querySelector("[data-renew]");
if (story) renew(story);
if (document.getElementById("chart")) draw();
if (document.body.dataset.cycle) cycle(Number(document.body.dataset.cycle));
keys();
