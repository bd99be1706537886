// <input type="hidden" data-form-key>: sending a form twice is one wish, but going back to the page
// and sending it again is another. A page that comes back has its old key, so it gets a new one.

const HEX = 16;
const hex = (byte) => byte.toString(HEX).padStart(2, "0");

// crypto.randomUUID() is not there on plain http.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = [...bytes].map(hex).join("");
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

addEventListener("pageshow", (event) => {
  const [navigation] = performance.getEntriesByType("navigation");
  if (!event.persisted && navigation?.type !== "back_forward") return;
  for (const input of document.querySelectorAll("[data-form-key]")) input.value = newKey();
});
