/**
 * An error of the site, for people.
 *
 * @param {import("./types.js").CommandError} error
 * @returns {string} "What happened. What to do."
 */
export function errorWords({ message, hint }) {
  return `${sentence(message)}${hint ? ` ${sentence(hint)}` : ""}`;
}

/** @param {string} text */
function sentence(text) {
  const trimmed = text.trim();
  const end = /[.!?]$/.test(trimmed) ? "" : ".";
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${end}`;
}
