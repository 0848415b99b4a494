/** Whether this person asked their system for less motion. */

import { signal } from "@preact/signals";

const wish = matchMedia("(prefers-reduced-motion: reduce)");

export const reducedMotion = signal(wish.matches);

wish.addEventListener("change", () => {
  reducedMotion.value = wish.matches;
});
