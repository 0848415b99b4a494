/**
 * The shapes of what the site sends and takes. Times `t` are seconds since the lab started;
 * lists of seven counts are in the order of `OUTCOMES` in outcomes.js.
 *
 * @typedef {number[]} Counts seven counts, one per outcome
 *
 * @typedef {{
 *   name: string, title: string, description: string, suggestion: string | null, seed: number | null,
 * }} ScenarioHead
 *
 * @typedef {{
 *   name: string, title: string, zones: string[], replicas: number, capacity: number,
 *   queue: number | null, health: Record<string, any>, restart: Record<string, any>,
 *   guards?: Record<string, Record<string, any>>, routes: string[],
 * }} Service queue null: unbounded; records of older versions have no guards
 *
 * @typedef {"starting" | "up" | "hung" | "draining" | "down"} InstanceState
 *
 * @typedef {{
 *   name: string, service: string, zone: string | null, pid: number | null, port: number | null,
 *   state: InstanceState, reason: string | null, since_t: number, restarts: number,
 * }} Instance
 *
 * @typedef {{pattern: string, enabled: boolean, [field: string]: any}} Layer
 *
 * @typedef {{
 *   name: string, caller: string, callee: string, required: boolean, chain: Layer[],
 *   authored: Layer[],
 * }} Dependency the first caller is "users"
 *
 * @typedef {{
 *   name: string, type: string, stream: "upstream" | "downstream", toxicity: number,
 *   attributes: Record<string, number>,
 * }} Toxic
 *
 * @typedef {{
 *   name: string, dependency: string, caller: string, callee: string, port: number | null,
 *   enabled: boolean, toxics: Toxic[],
 * }} Link caller and callee are instances, or "users"
 *
 * @typedef {{route: string, share: number, priority: string}} RouteShare
 *
 * @typedef {{
 *   rate_per_s: number, mix: RouteShare[], max_in_flight: number, patience_s: number,
 * }} Users
 *
 * @typedef {{
 *   id: string, kind: string, title: string, target: string, params: Record<string, any>,
 *   state: "scheduled" | "active", started_t: number | null, ends_t: number | null,
 *   starts_t: number | null, instances: string[], links: string[], zones: string[],
 *   acknowledged_by: string[],
 * }} Fault
 *
 * @typedef {{speed: number | null, paused: boolean, reached_per_s: number | null}} Pace
 *   speed: lab seconds in a second, null: as fast as it goes; reached_per_s: those of the last second
 *
 * @typedef {{
 *   type: "state", lab: string, version: number, t: number,
 *   status: "starting" | "running" | "resetting" | "stopping" | "stopped" | "broken",
 *   notice: string | null, scenario: ScenarioHead, zones: string[], services: Service[],
 *   instances: Instance[], workers: Instance[], dependencies: Dependency[], links: Link[],
 *   users: Users, faults: Fault[], ejected: Record<string, Record<string, string[]>>,
 *   body?: "live" | "virtual", pace?: Pace | null, twin?: string | null,
 *   branch_of?: {lab: string, t: number} | null, ended?: string,
 * }} State ejected: dependency → caller instance → callee instances out of its balance;
 *   pace null: as the clock goes; twin: another lab; ended: why a virtual lab goes no further, or ""
 *
 * @typedef {[
 *   in_flight: number, busy: number, queued: number, good: number, bad: number,
 *   p99_ms: number | null, cpu_ratio: number,
 * ]} InstanceFigures
 *
 * @typedef {{
 *   state: "closed" | "open" | "half_open" | "forced_open" | "disabled", reason: string,
 *   since_s: number, window: string | number[][], calls: number, failures: number, slow: number,
 *   failure_ratio: number, slow_ratio: number, threshold: number, slow_threshold: number,
 *   minimum_calls: number, opens_in?: number, retry_in_s: number | null,
 *   permits: {total: number, used: number, returned: number}, counts: Record<string, number>,
 * }} BreakerSnapshot
 *
 * @typedef {Record<string, Record<string, any>>} Snapshots pattern → its snapshot
 *
 * @typedef {{
 *   outcomes: Counts, attempts: number, p99_ms: number | null, patterns: Record<string, Snapshots>,
 * }} CallFigures patterns: caller instance → snapshots of its enabled patterns
 *
 * @typedef {{
 *   t: number, offered: number, ok: number, degraded: number, failed: number, timed_out: number,
 *   refused: number, shed: number, short_circuited: number, p50_ms: number | null,
 *   p95_ms: number | null, p99_ms: number | null, layers: Record<string, number>,
 * }} Row counts are per second; layers: attempts that a service got per user request
 *
 * @typedef {{
 *   type: "frame", n: number, t: number,
 *   users: {
 *     offered: number, outcomes: Counts, in_flight: number | null, dropped: number,
 *     p50_ms: number | null, p95_ms: number | null, p99_ms: number | null,
 *   },
 *   instances: (InstanceFigures | null)[],
 *   links: ([outcomes: Counts, p99_ms: number | null] | 0)[],
 *   calls: Record<string, CallFigures>, row: Row | null,
 *   guards?: Record<string, Record<string, any>>,
 * }} Frame
 *   in the orders of the state's instances and links; an instance is null when it sent nothing for
 *   0.35 s, a link is 0 when nothing ended in this tick; guards by instance and pattern
 *
 * @typedef {{
 *   t: number[], offered: number[], ok: number[], degraded: number[], failed: number[],
 *   timed_out: number[], refused: number[], shed: number[], short_circuited: number[],
 *   p50_ms: (number | null)[], p95_ms: (number | null)[], p99_ms: (number | null)[],
 *   layers: Record<string, (number | null)[]>,
 * }} Columns rows of the charts, by column; all columns are equally long
 *
 * @typedef {{
 *   type?: "event", id: number, t: number, kind: string, subject: string, by: string | null,
 *   text: string, detail: Record<string, any>, cause: number | null, after_s: number | null,
 * }} LabEvent
 *
 * @typedef {{
 *   id: string, t: number, route: string, priority: string, outcome: string, duration_ms: number,
 *   rule: string | null,
 * }} TraceHead
 *
 * @typedef {{
 *   type: "hello", state: State, history: Columns, events: LabEvent[], traces: TraceHead[],
 *   frame?: Frame | null,
 * }} Hello
 *
 * @typedef {{type: "traces", traces: TraceHead[]}} Traces
 * @typedef {{type: "notice", text: string}} Notice
 *
 * @typedef {{code: string, message: string, field: string | null, hint: string | null}} CommandError
 * @typedef {{command: string, [field: string]: any}} Command
 * @typedef {{type: "reply", id: number, ok: boolean, result?: any, error?: CommandError}} Reply
 *
 * @typedef {State | Frame | LabEvent & {type: "event"} | Hello | Traces | Notice | Reply} Message
 *
 * @typedef {{
 *   name: string, kind: "number" | "integer" | "choice" | "choices" | "flag", default: any,
 *   unit: string, minimum: number | null, maximum: number | null, choices: string[] | null,
 *   help: string, reference: string | null,
 * }} Parameter
 *
 * @typedef {{
 *   name: string, title: string, summary: string, parameters: Parameter[], schema: object,
 *   states: string[], transitions: {from: string, to: string, label: string}[], source: string,
 * }} PatternKind
 *
 * @typedef {{
 *   kind: string, title: string, verb: string, layer: string, targets: string[],
 *   parameters: Parameter[], help: string,
 * }} FaultKind
 *
 * @typedef {{
 *   outcomes: {name: string, title: string}[], patterns: PatternKind[], faults: FaultKind[],
 * }} Catalogue
 *
 * @typedef {"instance" | "service" | "dependency" | "link" | "zone" | "users"} SelectionKind
 * @typedef {{kind: SelectionKind, name: string}} Selection
 *
 * @typedef {{status: "connecting" | "live" | "lost" | "closed", since: number, reason: string}} Connection
 *   since: milliseconds of the wall clock (Date.now()); reason: in words, may be empty
 *
 * @typedef {{lab: string, socket: string, api: string, catalogue: string, scenario: string}} Boot
 */

export {};
