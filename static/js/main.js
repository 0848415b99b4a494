/** Starts the lab's page with what the site wrote into it. */

import { render } from "preact";
import { html } from "./html.js";
import { Lab } from "./lab.js";
import { Page } from "./shell/page.js";
import { connect } from "./socket.js";
import { catalogue, say, shown } from "./store.js";

/** @type {import("./types.js").Boot & {course: string}} */
const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("lab");

if (root) {
  const lab = new Lab(boot.lab);
  shown.value = lab;
  root.replaceChildren();
  render(html`<${Page} course=${root.dataset.course ?? ""} lab=${lab} />`, root);
  connect(lab);
  readCatalogue();
}

/** What can be broken and switched on; it never changes while the site runs. */
async function readCatalogue() {
  try {
    const answer = await fetch(boot.catalogue, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    catalogue.value = await answer.json();
  } catch {
    say("The list of faults and patterns could not be loaded. Trying again.");
    setTimeout(readCatalogue, 5_000);
  }
}
