// The page of a shared post (data-here="<token>"): when that is withdrawn, what the address then
// answers takes its place. The cards beside it leave by themselves (gone.js).

import { onArrival } from "./arrivals.js";

onArrival("[data-gone]", ({ dataset }) => {
  const { here } = document.querySelector("[data-here]")?.dataset ?? {};
  if (here && dataset.gone.split(",").includes(here)) location.reload();
});
