/** A picture of outlier ejection: who is near to it, who is out, and until when. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { CountList } from "./count_list.js";
import { ejectionLevel } from "./ejection.js";
import { LevelBar } from "./level_bar.js";

/** @param {import("./pictures.js").PictureProps} props */
export function OutlierPicture({ layer, live }) {
  const names = useComputed(() =>
    Object.keys(live.value?.in_a_row ?? {})
      .sort()
      .join("\n"),
  );
  return html`
    ${names.value
      .split("\n")
      .filter(Boolean)
      .map(
        (name) =>
          html`<${Member} key=${name} name=${name} most=${layer.consecutive} live=${live} />`,
      )}
    <${CountList} names=${[["ejections", "ejections"]]} live=${live} />
  `;
}

/** @param {{name: string, most: number, live: import("./while_seen.js").Live}} props */
function Member({ name, most, live }) {
  const level = useComputed(() => live.value && ejectionLevel(live.value, name, most));
  const reason = useComputed(() => live.value?.out[name]?.reason ?? "");
  return html`<div class="reading-members" title=${reason}>
    <${LevelBar} name=${name} level=${level} about="failures in a row, up to its ejection; then the time until it is back" />
  </div>`;
}
