/** The Now tab: what is selected, as it is at this moment. */

import { html } from "../html.js";
import { DependencyNow } from "./now_dependency.js";
import { InstanceNow } from "./now_instance.js";
import { LinkNow } from "./now_link.js";
import { ServiceNow } from "./now_service.js";
import { UsersNow } from "./now_users.js";
import { ZoneNow } from "./now_zone.js";

/** @type {Record<string, any>} */
const VIEWS = {
  instance: InstanceNow,
  service: ServiceNow,
  dependency: DependencyNow,
  link: LinkNow,
  zone: ZoneNow,
  users: UsersNow,
};

/** @param {{target: import("./target.js").Target}} props */
export function NowTab({ target }) {
  const view = VIEWS[target.kind];
  return view ? html`<${view} key=${target.name} target=${target} />` : null;
}
