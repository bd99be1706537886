// A request that failed and whose answer is not shown says so, unless the server already did.

import { toast } from "./toast.js";

const FIRST_ERROR = 400;
const FORM_ERRORS = 422; // swapped: the form itself says what is wrong

const say = (message) => message && toast({ message, level: "error" });
// What asks again and again says by itself that it is away (see live.js).
const isPolling = (ctx) => ctx.sourceElement?.hasAttribute?.("data-text-away");

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  if (status < FIRST_ERROR || status === FORM_ERRORS || isPolling(ctx)) return;
  if (ctx.hx?.trigger?.includes("toast")) return;
  say(document.body.dataset.textError);
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && !ctx.response && !isPolling(ctx)) say(document.body.dataset.textOffline);
});
