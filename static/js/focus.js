// What wants the focus as soon as it is there: <div class="note" tabindex="-1" data-focus>.

import { onPresence } from "./arrivals.js";

onPresence("[data-focus]", (element) => element.focus());
