/**
 * Which faults fit what is selected, in groups, each with the target it is sent for.
 *
 * @typedef {import("../types.js").Fault} Fault
 * @typedef {import("../types.js").FaultKind} FaultKind
 * @typedef {import("../types.js").State} State
 * @typedef {import("./target.js").Target} Target
 * @typedef {{
 *   key: string, kind: FaultKind, target: string, targetWords: string,
 *   matches: (fault: Fault) => boolean,
 * }} FaultChoice
 * @typedef {{layer: string, title: string, choices: FaultChoice[]}} FaultGroup
 */

/** @type {Record<string, string>} */
const TITLES = {
  process: "The process",
  service: "Its answers",
  link: "The connection",
  network: "The network between",
  zone: "The whole zone",
  users: "The load",
};

/**
 * @param {FaultKind[]} kinds
 * @param {Target} target
 * @param {State | null} state
 * @returns {FaultGroup[]} in the catalogue's order, the target's own first
 */
export function faultChoices(kinds, target, state) {
  /** @type {Map<string, FaultGroup>} */
  const groups = new Map();
  for (const kind of kinds) {
    const choices = targetsOf(kind, target, state).map((one) =>
      choiceOf(kind, one.name, one.words),
    );
    if (choices.length === 0) continue;
    const group = groups.get(kind.layer) ?? {
      layer: kind.layer,
      title: TITLES[kind.layer] ?? kind.layer,
      choices: [],
    };
    group.choices.push(...choices);
    groups.set(kind.layer, group);
  }
  return [...groups.values()].sort((one, other) => rank(one, target) - rank(other, target));
}

/**
 * What only this kind of thing can suffer comes first: losing the zone before each process in it.
 *
 * @param {FaultGroup} group
 * @param {Target} target
 */
function rank(group, target) {
  return target.kind === "zone" && (group.layer === "zone" || group.layer === "network") ? 0 : 1;
}

/**
 * @param {Fault[]} faults
 * @param {Target} target
 * @returns {Fault[]} those that strike it, or a part of it, whatever they were aimed at
 */
export function faultsTouching(faults, target) {
  return faults.filter(
    (fault) =>
      sameTarget(fault.target, target.name) ||
      (target.kind === "zone" && fault.zones.includes(target.name)) ||
      strikes(fault.instances, target.instances) ||
      (linkFault(target) && strikes(fault.links, target.links)),
  );
}

/**
 * @param {string} one
 * @param {string} other
 * @returns {boolean} "->" and "→" are the same arrow
 */
export function sameTarget(one, other) {
  return one.replace("->", "→") === other.replace("->", "→");
}

/** @param {Target} target */
function linkFault({ kind }) {
  return kind === "link" || kind === "dependency";
}

/**
 * @param {string[]} struck
 * @param {string[]} own
 */
function strikes(struck, own) {
  return struck.some((name) => own.includes(name));
}

/**
 * @param {FaultKind} kind
 * @param {string} target
 * @param {string} targetWords
 * @returns {FaultChoice}
 */
function choiceOf(kind, target, targetWords) {
  return {
    key: `${kind.kind} ${target}`,
    kind: { ...kind, parameters: ownFirst(kind.parameters) },
    target,
    targetWords,
    matches: (fault) => fault.kind === kind.kind && sameTarget(fault.target, target),
  };
}

/**
 * A partition needs the other side: each other zone, or each neighbouring service, is a choice.
 *
 * @param {FaultKind} kind
 * @param {Target} target
 * @param {State | null} state
 * @returns {{name: string, words: string}[]}
 */
function targetsOf(kind, target, state) {
  if (kind.targets.includes("pair")) return otherSides(target, state);
  return kind.targets.includes(target.kind) ? [{ name: target.name, words: target.title }] : [];
}

/**
 * @param {Target} target
 * @param {State | null} state
 */
function otherSides(target, state) {
  if (!state) return [];
  if (target.kind === "zone") {
    return state.zones
      .filter((zone) => zone !== target.name)
      .map((zone) => ({ name: `${target.name}|${zone}`, words: `from zone ${zone}` }));
  }
  if (target.kind !== "service" && target.kind !== "dependency") return [];
  const dependencies = state.dependencies.filter(
    (one) => [...target.outgoing, ...target.incoming].includes(one.name) && one.caller !== "users",
  );
  return dependencies.map(({ caller, callee }) =>
    target.kind === "dependency"
      ? { name: `${caller}|${callee}`, words: `${caller} from ${callee}` }
      : { name: `${caller}|${callee}`, words: `from ${caller === target.name ? callee : caller}` },
  );
}

/** What every link fault has is of less interest than what makes this one. */
const SHARED = new Set(["stream", "toxicity_ratio"]);

/** @param {import("../types.js").Parameter[]} parameters */
function ownFirst(parameters) {
  return [
    ...parameters.filter((one) => !SHARED.has(one.name)),
    ...parameters.filter((one) => SHARED.has(one.name)),
  ];
}
