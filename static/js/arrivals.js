// Tells when elements appear, however they came: with the page, by a swap, by a script.

const watches = [];

function look(node) {
  for (const { selector, found } of watches) {
    if (node.matches(selector)) found(node);
    node.querySelectorAll(selector).forEach(found);
  }
}

new MutationObserver((records) => {
  for (const record of records) {
    for (const node of record.addedNodes) {
      if (node.nodeType === Node.ELEMENT_NODE && node.isConnected) look(node);
    }
  }
}).observe(document, { childList: true, subtree: true });

/** Call `found` for every element that matches from now on. */
export function onArrival(selector, found) {
  watches.push({ selector, found });
}

/** Call `found` for every element that matches, now and from now on. */
export function onPresence(selector, found) {
  document.querySelectorAll(selector).forEach(found);
  onArrival(selector, found);
}
