/** Whose map it is: of twins, each has its own. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { shown } from "../store.js";

/** The lab of a map; without one, it is the lab that the page shows. */
export const LabOfMap = createContext(/** @type {import("../lab.js").Lab | null} */ (null));

/** @returns {import("../lab.js").Lab} */
export function useLab() {
  return useContext(LabOfMap) ?? shown.value;
}
