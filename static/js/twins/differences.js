/**
 * What differs between two labs, found by comparing their states and said in words: "retry off"
 * against "retry on".
 *
 * @typedef {import("../types.js").State} State
 * @typedef {import("../types.js").Layer} Layer
 * @typedef {import("../types.js").Service} Service
 * @typedef {{subject: string, a: string, b: string}} Difference subject: of which part of the system
 */

const NONE = "–";

/** @type {readonly {field: "replicas" | "capacity" | "queue", words: (value: any) => string}[]} */
const SETTINGS = [
  { field: "replicas", words: (value) => `${value} ${value === 1 ? "replica" : "replicas"}` },
  { field: "capacity", words: (value) => `capacity ${value}` },
  {
    field: "queue",
    words: (value) => (value === null ? "queue without a bound" : `queue ${value}`),
  },
];

/**
 * @param {State | null} a
 * @param {State | null} b
 * @param {(pattern: string) => string} titleOf a pattern's name for people
 * @returns {Difference[]} what was changed first, then what is broken
 */
export function differencesOf(a, b, titleOf) {
  if (!a || !b) return [];
  return [
    ...chainDifferences(a, b, titleOf),
    ...serviceDifferences(a, b),
    ...usersDifferences(a, b),
    ...faultDifferences(a, b),
  ];
}

/**
 * @param {Difference[]} differences
 * @param {"a" | "b"} side
 * @returns {string} what this side is called
 */
export function nameOf(differences, side) {
  if (differences.length === 0) return "";
  const [first, ...rest] = differences;
  const told = first[side] === NONE ? `without ${first[side === "a" ? "b" : "a"]}` : first[side];
  return rest.length > 0 ? `${told}, and ${rest.length} more` : told;
}

/** @type {(a: State, b: State, titleOf: (pattern: string) => string) => Difference[]} */
function chainDifferences(a, b, titleOf) {
  return a.dependencies.flatMap((one) => {
    const other = b.dependencies.find((twin) => twin.name === one.name);
    if (!other || isSame(one.chain, other.chain)) return [];
    const subject = `${one.caller} → ${one.callee}`;
    const patterns = new Set([...one.chain, ...other.chain].map((layer) => layer.pattern));
    const found = [...patterns].flatMap((pattern) => {
      const told = layerDifference(
        one.chain.find((layer) => layer.pattern === pattern),
        other.chain.find((layer) => layer.pattern === pattern),
        lowered(titleOf(pattern)),
      );
      return told ? [{ subject, ...told }] : [];
    });
    return found.length > 0 ? found : [{ subject, a: order(one.chain), b: order(other.chain) }];
  });
}

/**
 * @param {Layer | undefined} one
 * @param {Layer | undefined} other
 * @param {string} title
 * @returns {{a: string, b: string} | null}
 */
function layerDifference(one, other, title) {
  if (isSame(one, other)) return null;
  const [a, b] = [one, other].map((layer) => `${title} ${layer?.enabled ? "on" : "off"}`);
  if (a !== b || !one || !other) return a === b ? null : { a, b };
  const fields = Object.keys({ ...one, ...other }).filter((key) => !isSame(one[key], other[key]));
  const told = (/** @type {Layer} */ layer) =>
    `${title}: ${fields.map((field) => `${spoken(field)} ${plain(layer[field])}`).join(", ")}`;
  return { a: told(one), b: told(other) };
}

/** @type {(a: State, b: State) => Difference[]} */
function serviceDifferences(a, b) {
  return a.services.flatMap((one) => {
    const other = b.services.find((twin) => twin.name === one.name);
    if (!other) return [];
    return SETTINGS.filter(({ field }) => one[field] !== other[field]).map(({ field, words }) => ({
      subject: one.title || one.name,
      a: words(one[field]),
      b: words(other[field]),
    }));
  });
}

/** @type {(a: State, b: State) => Difference[]} */
function usersDifferences({ users: a }, { users: b }) {
  /** @type {Difference[]} */
  const found = [];
  if (a.rate_per_s !== b.rate_per_s) {
    found.push({ subject: "Users", a: `${plain(a.rate_per_s)}/s`, b: `${plain(b.rate_per_s)}/s` });
  }
  if (a.patience_s !== b.patience_s) {
    const words = (/** @type {number} */ s) => `patience ${plain(s)} s`;
    found.push({ subject: "Users", a: words(a.patience_s), b: words(b.patience_s) });
  }
  if (!isSame(a.mix, b.mix)) found.push({ subject: "Users", a: mix(a.mix), b: mix(b.mix) });
  return found;
}

/** @type {(a: State, b: State) => Difference[]} */
function faultDifferences(a, b) {
  const onlyIn = (/** @type {State} */ one, /** @type {State} */ other) =>
    one.faults.filter((fault) => !other.faults.some((twin) => isSameFault(fault, twin)));
  return [
    ...onlyIn(a, b).map((fault) => ({ subject: fault.target, a: faultWords(fault), b: NONE })),
    ...onlyIn(b, a).map((fault) => ({ subject: fault.target, a: NONE, b: faultWords(fault) })),
  ];
}

/** @type {(one: import("../types.js").Fault, other: import("../types.js").Fault) => boolean} */
function isSameFault(one, other) {
  return one.kind === other.kind && one.target === other.target && isSame(one.params, other.params);
}

/** @param {import("../types.js").Fault} fault */
function faultWords({ title, target, state }) {
  return `${lowered(title)} ${target}${state === "scheduled" ? ", soon" : ""}`;
}

/** @param {import("../types.js").RouteShare[]} shares */
function mix(shares) {
  return shares.map(({ route, share }) => `${route} ${plain(share)}`).join(", ");
}

/** @param {Layer[]} chain */
function order(chain) {
  return chain.map((layer) => spoken(layer.pattern)).join(" ▸ ");
}

/** @param {unknown} value */
function plain(value) {
  if (typeof value === "number") return String(Number(value.toPrecision(4)));
  if (Array.isArray(value)) return value.map((one) => spoken(String(one))).join(" ");
  return spoken(String(value));
}

/** @param {string} name */
function spoken(name) {
  return name.replaceAll("_", " ");
}

/** @param {string} title */
function lowered(title) {
  return `${title.charAt(0).toLowerCase()}${title.slice(1)}`;
}

/**
 * @param {unknown} one
 * @param {unknown} other
 */
function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
