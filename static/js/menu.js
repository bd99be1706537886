// Popover menus: <div class="menu" popover>, opened by popovertarget. The browser opens, closes,
// gives the focus back; here are the arrows, Home and End, typing the first letters, and a place
// next to the button where CSS anchors are not known.

const TYPING = 600;
const GAP = 6;
const ITEMS = ".menu__i:is(a, button):not(:disabled), .menu__i input:not(:disabled)";
const hasAnchors = CSS.supports("position-area: block-end");

let typed = "";
let lastTyped = 0;

const itemsOf = (menu) => [...menu.querySelectorAll(ITEMS)].filter((item) => item.checkVisibility());
const labelOf = (item) => (item.closest(".menu__i").textContent ?? "").trim().toLowerCase();

function invokerOf(menu) {
  const buttons = document.querySelectorAll(`[popovertarget="${CSS.escape(menu.id)}"]`);
  return [...buttons].find((button) => button.checkVisibility());
}

function place(menu, invoker) {
  const button = invoker.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const { clientWidth, clientHeight } = document.documentElement;
  const below = button.bottom + GAP;
  const top = below + height <= clientHeight ? below : Math.max(GAP, button.top - GAP - height);
  menu.style.inset = "auto";
  menu.style.margin = "0";
  menu.style.left = `${Math.max(GAP, Math.min(button.left, clientWidth - width - GAP))}px`;
  menu.style.top = `${top}px`;
}

function findTyped(items, key, current) {
  const now = performance.now();
  typed = now - lastTyped > TYPING ? key : typed + key;
  lastTyped = now;
  // The same letter again goes on to the next item; more letters stay with this one.
  const from = typed.length > 1 ? current : current + 1;
  const turned = [...items.slice(from), ...items.slice(0, from)];
  return turned.find((item) => labelOf(item).startsWith(typed.toLowerCase()));
}

function next(items, event, current) {
  const last = items.length - 1;
  switch (event.key) {
    case "ArrowDown":
      return items[current >= last ? 0 : current + 1];
    case "ArrowUp":
      return items[current <= 0 ? last : current - 1];
    case "Home":
      return items[0];
    case "End":
      return items[last];
    default: {
      const isLetter = event.key.length === 1 && event.key !== " ";
      if (!isLetter || event.ctrlKey || event.metaKey || event.altKey) return null;
      return findTyped(items, event.key, Math.max(current, 0));
    }
  }
}

document.addEventListener("keydown", (event) => {
  const button = event.target.closest?.('[popovertarget][aria-haspopup]:not([aria-haspopup="dialog"])');
  if (button && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const target = button.popoverTargetElement;
    if (!target?.matches(":popover-open")) target?.showPopover({ source: button });
    return;
  }
  const menu = event.target.closest?.(".menu[popover]");
  if (!menu) return;
  if (event.key === "Tab") {
    menu.hidePopover(); // the focus is back at the button: Tab goes on from there
    return;
  }
  const items = itemsOf(menu);
  const item = next(items, event, items.indexOf(document.activeElement));
  if (item) {
    event.preventDefault();
    item.focus();
  }
});

// `toggle` does not bubble, but it is captured.
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (event.newState !== "open" || !menu.matches?.(".menu[popover]")) return;
    const invoker = event.source ?? invokerOf(menu);
    if (!hasAnchors && invoker) place(menu, invoker);
    itemsOf(menu)[0]?.focus({ preventScroll: true });
  },
  true,
);

document.addEventListener("click", (event) => {
  const item = event.target.closest(".menu[popover] .menu__i:is(a, button)");
  if (item && !item.hasAttribute("data-menu-stays")) item.closest(".menu").hidePopover();
});
