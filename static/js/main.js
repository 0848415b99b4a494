/** Starts the lab's page with what the site wrote into it. */

import { render } from "preact";
import { readCatalogue } from "./catalogue.js";
import { html } from "./html.js";
import { Lab } from "./lab.js";
import { Page } from "./shell/page.js";
import { connect } from "./socket.js";
import { shown } from "./store.js";

/** @type {import("./types.js").Boot} */
const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("lab");

if (root) {
  const lab = new Lab(boot.lab);
  shown.value = lab;
  root.replaceChildren();
  render(html`<${Page} course=${root.dataset.course ?? ""} lab=${lab} />`, root);
  connect(lab);
  readCatalogue(boot.catalogue);
}
