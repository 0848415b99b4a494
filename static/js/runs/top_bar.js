/** The top bar of a kept run: which one it is, how users fared, and what can be done with it. */

import { html } from "../html.js";
import { Icon } from "../icons.js";
import { Success } from "../shell/success.js";
import { Tools } from "../shell/tools.js";
import { Fault } from "../shell/top_bar.js";
import { AgainButton } from "./again.js";

/** @param {{run: import("./words.js").Run, exportPath: string}} props */
export function RunTopBar({ run, exportPath }) {
  return html`<header class="top-bar">
    <nav class="crumbs" aria-label="Where you are">
      <a class="brand" href="/"><${Fault} />Faultline</a>
      <a class="crumb crumb-link" href="/runs/">Runs</a>
      <h1 class="crumb crumb-here" title=${run.title}>${run.title}</h1>
      <span class="live" data-kind="past"><i class="live-dot"></i>record</span>
    </nav>
    <${Success} />
    <div class="top-end">
      <${Tools} />
      <a class="button" href=${exportPath} download title="The whole run as one file">
        <${Icon} name="export" /><span class="button-word button-word-kept">Export</span>
      </a>
      <${AgainButton} run=${run} isPrimary=${true} />
    </div>
  </header>`;
}
