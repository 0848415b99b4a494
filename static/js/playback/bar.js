/**
 * The playback bar: play and pause, step, the moment, the scrub track, the speed. It knows nothing
 * of labs or runs; whoever shows it says what is played and obeys.
 *
 * @typedef {{
 *   from_t: number, to_t: number, t: number, speed: number | null, paused: boolean,
 *   reached: number | null, events: import("../types.js").LabEvent[], now?: string | null,
 *   busy?: boolean, label?: string, pauseWords?: string, playWords?: string,
 *   onSeek: (t: number) => void,
 *   onPace: ((pace: {speed: number | null, paused: boolean}) => void) | null,
 *   onToggle?: () => void, onStep?: (() => void) | null, onEvent?: (() => void) | null,
 *   children?: any,
 * }} BarProps
 *   times are lab seconds; speed null: as fast as it goes; reached: lab seconds in the last second;
 *   now: what "now" is called ("now", "live") when t is not it, null when it is, absent for a record
 *   that has no now; onPace null: the speed cannot be changed; onToggle: what play and pause do, if
 *   not onPace; onStep, onEvent: on to the next picture, the next event; absent where time cannot be
 *   stepped; children: what stands at its end
 */

import { clockWords } from "../clock_words.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { SPEEDS, speedWords } from "./speeds.js";
import { Track } from "./track.js";

/** @param {BarProps} props */
export function PlaybackBar(props) {
  const { from_t, to_t, t, paused, events, now, label, onSeek } = props;
  const words = now
    ? `${clockWords(t, 1)}, in the past; ${now} is ${clockWords(to_t)}`
    : `${clockWords(t, 1)}${now === null ? ", now" : ""}`;
  return html`<section class="playback" aria-label=${label ?? "Playback"} data-past=${now ? "" : null}>
    <${Play} ...${props} />
    <${Steps} ...${props} />
    <span class="playback-time tabular" data-paused=${paused ? "" : null}>
      <span class="visually-hidden">Lab time </span>${clockWords(t, 1)}
    </span>
    <${Track} from_t=${from_t} to_t=${to_t} t=${t} words=${words} events=${events} onSeek=${onSeek} />
    <${Speed} ...${props} />
    ${props.children}
  </section>`;
}

/** @param {BarProps} props */
function Play({ paused, speed, busy, onPace, onToggle, pauseWords = "Pause", playWords = "Play" }) {
  const words = paused ? playWords : pauseWords;
  const toggle = onToggle ?? (() => onPace?.({ speed, paused: !paused }));
  return html`<button
    type="button"
    class="button playback-play"
    aria-label=${words}
    aria-busy=${busy ? "true" : null}
    title=${`${words} (Space)`}
    onClick=${toggle}
  >
    <${Icon} name=${paused ? "play" : "pause"} />
  </button>`;
}

/** @param {BarProps} props */
function Steps({ onStep, onEvent }) {
  return html`<span class="playback-steps">
    <${Step} name="step" words="Step: the next tenth of a second" sign="," onStep=${onStep} />
    ${onEvent !== undefined && html`<${Step} name="event" words="Step: up to the next event" sign="." onStep=${onEvent} />`}
  </span>`;
}

/** @param {{name: string, words: string, sign: string, onStep?: (() => void) | null}} props */
function Step({ name, words, sign, onStep }) {
  return html`<button
    type="button"
    class="button button-quiet button-icon playback-step"
    disabled=${!onStep}
    aria-label=${words}
    title=${onStep ? `${words} (${sign})` : "Only virtual time, and what is past, can be stepped"}
    onClick=${() => onStep?.()}
  >
    <${Icon} name=${name} />
  </button>`;
}

/** @param {BarProps} props */
function Speed({ speed, paused, reached, onPace }) {
  const choices = SPEEDS.includes(speed) ? SPEEDS : [...SPEEDS, speed];
  const falls_short = speed !== null && reached !== null && reached < speed * 0.9;
  const shows = !paused && reached !== null && (speed === null || falls_short);
  return html`<span class="playback-speed">
    <label>
      <span class="visually-hidden">Speed</span>
      <select
        class="select speed-select"
        disabled=${!onPace}
        title=${onPace ? "Lab seconds in a second (< slower, > faster)" : "A live lab runs at its own pace"}
        onChange=${(/** @type {any} */ event) =>
          onPace?.({ speed: choices[event.target.selectedIndex], paused })}
      >
        ${choices.map((one) => html`<option key=${one} selected=${one === speed}>${speedWords(one)}</option>`)}
      </select>
    </label>
    <span class="speed-reached tabular" title="Lab seconds that pass in a second just now">
      ${shows ? `reaches ${speedWords(reached)}` : ""}
    </span>
  </span>`;
}
