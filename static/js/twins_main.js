/** Starts the twins' page with what the site wrote into it. */

import { render } from "preact";
import { patternTitle, readCatalogue } from "./catalogue.js";
import { html } from "./html.js";
import { Lab } from "./lab.js";
import { connect } from "./socket.js";
import { shown } from "./store.js";
import { TwinsPage } from "./twins/page.js";
import { Pair } from "./twins/pair.js";

/** @type {{labs: [string, string], catalogue: string}} */
const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("lab");

if (root) {
  const [a, b] = boot.labs.map((id) => new Lab(id));
  shown.value = b;
  root.replaceChildren();
  render(html`<${TwinsPage} pair=${new Pair(a, b, patternTitle)} />`, root);
  connect(a);
  connect(b);
  readCatalogue(boot.catalogue);
}
