/** The inspector: answers only for what is selected, in four tabs. */

import { useSignal } from "@preact/signals";
import { html } from "../html.js";
import { selection, state } from "../store.js";
import { CodeTab } from "./code.js";
import { FaultsTab } from "./faults.js";
import { Header } from "./header.js";
import { NoteLine } from "./note_line.js";
import { NowTab } from "./now.js";
import { PatternsTab } from "./patterns.js";
import { Suggestions } from "./suggestions.js";
import { Tabs } from "./tabs.js";
import { targetOf } from "./target.js";

const TABS = [
  { name: "faults", title: "Faults" },
  { name: "patterns", title: "Patterns" },
  { name: "now", title: "Now" },
  { name: "code", title: "Code" },
];

/** @type {Record<string, any>} */
const PANELS = { faults: FaultsTab, patterns: PatternsTab, now: NowTab, code: CodeTab };

export function Inspector() {
  const chosen = useSignal("faults");
  const target = state.value && targetOf(state.value, selection.value);
  if (!state.value) {
    return html`<section class="inspector" aria-label="Inspector">
      <p class="panel-empty">Waiting for the first word from the lab…</p>
    </section>`;
  }
  if (!target) {
    return html`<section class="inspector" aria-label="Inspector">
      <${Suggestions} isGone=${selection.value !== null} />
      <${NoteLine} />
    </section>`;
  }
  return html`
    <section class="inspector" aria-labelledby="inspector-title">
      <${Header} target=${target} />
      <${Tabs}
        prefix="inspector"
        label=${`About ${target.title}`}
        tabs=${TABS}
        chosen=${chosen.value}
        subject=${`${target.kind} ${target.name}`}
        onChoose=${(/** @type {string} */ name) => (chosen.value = name)}
      >
        <${PANELS[chosen.value]} target=${target} />
      <//>
      <${NoteLine} />
    </section>
  `;
}
